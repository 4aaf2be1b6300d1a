/** What is asked of each contestant: everything that can be reached, or a shortest way; at a position, or now (null). */
export type Question = { readonly start: number; readonly asOf: number | null } & (
  | { readonly kind: "closure"; readonly direction: "in" | "out" }
  | { readonly kind: "path"; readonly end: number }
);

export interface Answer {
  readonly ms: number;
  /** Nodes reached; links of the way, -1 where there is none. */
  readonly count: number;
  /** Of the numbers of all nodes that were reached. */
  readonly sum: number;
  /** The first of them, by distance and then by number. */
  readonly page: readonly number[];
}

export const pageSize = 50;

export interface Contestant extends AsyncDisposable {
  readonly name: string;
  ask(questions: readonly Question[]): Promise<readonly Answer[]>;
}

/** A named set of questions whose times are told together. */
export interface Set {
  readonly name: string;
  readonly questions: readonly Question[];
}
