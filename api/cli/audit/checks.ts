import type { Session } from "#api/cli/session.ts";
import { checkLedger } from "./check-ledger.ts";
import { checkReadModels } from "./check-read-models.ts";
import { checkTuf } from "./check-tuf.ts";
import type { PublishedFiles } from "./published-files.ts";
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
  /** Of the log that the first check reads. */
  readonly files: PublishedFiles;
}

export type Check = (checking: Checking) => Promise<Checked>;

/** What `audit verify` does, in this order. */
export const checks: readonly { readonly name: string; readonly check: Check }[] = [
  { name: "ledger", check: checkLedger },
  { name: "tuf", check: checkTuf },
  { name: "read models", check: checkReadModels },
];
