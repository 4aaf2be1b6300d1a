import type { Session } from "#api/cli/session.ts";
import { checkLedger } from "./check-ledger.ts";
import { checkReadModels } from "./check-read-models.ts";
import type { TrustedKey } from "./trusted.ts";

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

export interface Checking {
  readonly session: Session;
  readonly trusted: TrustedKey;
}

export type Check = (checking: Checking) => Promise<Checked>;

/** What `audit verify` does, in this order. */
export const checks: readonly Check[] = [checkLedger, checkReadModels];
