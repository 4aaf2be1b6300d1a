/** Something that is not as it was recorded. */
export interface Finding {
  readonly check: string;
  /** In the log; null where it is not about one event. */
  readonly position: number | null;
  readonly event: string | null;
  /** One sentence for a person. */
  readonly message: string;
}

export interface Checked {
  readonly check: string;
  readonly findings: readonly Finding[];
  /** How many there are beside those. */
  readonly more: number;
  /** It could not be looked at. */
  readonly skipped?: true;
  /** What was looked at, for a person. */
  readonly summary: string;
  /** The same for programs. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A check that was left out, and why. */
export const skipped = (check: string, summary: string): Checked => ({ check, findings: [], more: 0, skipped: true, summary, facts: { skipped: true } });
