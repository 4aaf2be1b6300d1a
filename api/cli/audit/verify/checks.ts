import type { Session } from "#api/cli/session.ts";
import { type Checked, skipped } from "./checked.ts";
import { checkLedger } from "./check-ledger.ts";
import { checkReadModels } from "./check-read-models.ts";
import { checkTuf } from "./check-tuf.ts";
import type { LedgerTables } from "./ledger-tables.ts";
import type { PublishedFiles } from "./published-files.ts";
import type { TrustedKey } from "#api/cli/audit/trusted.ts";

export interface Checking {
  readonly session: Session;
  readonly trusted: TrustedKey;
  /** Of the log that the first check reads. */
  readonly files: PublishedFiles;
  readonly tables: LedgerTables;
  /** Aborted when nobody wants to know any more. */
  readonly signal: AbortSignal;
}

export type Check = (checking: Checking) => Promise<Checked>;

/** All of `audit verify`, without the checks of these names. While the log is hashed here, the server replays read models. */
export const checkAll = async (given: Omit<Checking, "signal">, without: readonly string[]): Promise<readonly Checked[]> => {
  const ended = new AbortController();
  const checking = { ...given, signal: ended.signal };
  const unless = async (name: string, check: Check) => (without.includes(name.replace(" ", "-")) ? skipped(name, "not looked at, as you asked") : check(checking));
  const readModels = unless("read models", checkReadModels);
  // Whoever awaits it meets the fault.
  readModels.catch(() => undefined);
  try {
    const ledger = await checkLedger(checking);
    // A log that is not what was recorded is no measure for what was made of it.
    if (ledger.findings.length > 0) return [ledger, ...["ledger tables", "tuf", "read models"].map((name) => skipped(name, "not looked at, since the log itself does not verify"))];
    return [ledger, await given.tables.check(), await unless("tuf", checkTuf), await readModels];
  } finally {
    ended.abort();
    await given.tables.close();
  }
};
