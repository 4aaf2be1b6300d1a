/** What kind of promise was broken, as the closing line counts it. */
export type Broken = "lost" | "doubled" | "reordered";

/** One broken promise. */
export interface Finding {
  readonly broken: Broken;
  /** The rule, in the same words for each finding of its kind. */
  readonly rule: string;
  /** Which event, command or reader. */
  readonly what: string;
}

/** An event as the log holds it in the end, with what the checker needs of its data. */
export interface Logged {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly commandId: string;
  /** The words of its writer's command. */
  readonly markers: readonly string[];
  /** Id of the event that its writer took for the stream's last one, null for none; absent where the writer does not say. */
  readonly after?: string | null;
}
