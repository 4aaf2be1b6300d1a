/** One measured figure: a rate in 1/s or a time in ms, beside the goal it has and what it was measured against. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: string;
  /** The neighbour's value in the same run, and ours divided by it. */
  readonly versus?: { readonly name: string; readonly value: number; readonly ratio: number };
}
