import type { Session } from "#api/cli/session.ts";
import type { Checked } from "./checked.ts";
import { checkLedger } from "./check-ledger.ts";
import { checkReadModels } from "./check-read-models.ts";
import { checkTuf } from "./check-tuf.ts";
import type { PublishedFiles } from "./published-files.ts";
import type { TrustedKey } from "./trusted.ts";

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
