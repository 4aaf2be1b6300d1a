import { readFile } from "node:fs/promises";
import { parseCheckpoint } from "#domain/audit/checkpoint.ts";
import type { Ledger } from "#domain/audit/ledger.ts";
import { parseNote } from "#domain/audit/note.ts";
import { ledgerStream } from "#domain/audit/events.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { establishLedger, type Ledgers } from "#commands/audit/establish-ledger.ts";
import { hasNews, publishCheckpoint, type PublishingCheckpoints } from "#commands/audit/publish-checkpoint.ts";
import { signCheckpoint } from "#commands/audit/sign-checkpoint.ts";
import type { Signer } from "#commands/ports/signer.ts";
import { headAt, leavesOfTile, ledgerSize, newestCheckpoint, showCheckpoint } from "#projections/audit/ledger-queries.ts";
import { patiently, pause } from "#projections/kernel/pause.ts";
import type { ReadModels } from "#projections/kernel/watch.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { tileWidth } from "#domain/audit/tiles.ts";
import { codeOf, writePrivateFile } from "./keys/durable-file.ts";

export interface LedgerKeeping extends PublishingCheckpoints {
  readonly signer: Signer;
  readonly sql: Sql;
  readonly readModels: Pick<ReadModels, "position">;
  /** Where the last signed checkpoint is kept, beside the keys: it survives the loss of every server. */
  readonly file: string;
  readonly settings: {
    readonly origin: string | undefined;
    /** Between looks whether the tree has grown. */
    readonly intervalMs: number;
    /** The repository that gets the newest checkpoint as a target, and how often. */
    readonly publication: { readonly repository: string; readonly intervalMs: number } | null;
  };
  readonly now: () => number;
  /** What it is about, in words for a person. */
  readonly say: (state: string) => void;
  readonly report: (error: unknown) => void;
}

/** Signs the ledger's checkpoints as it grows, and publishes them on a schedule, until the signal. For one process at a time. */
export const keepLedger = async (keeping: LedgerKeeping, signal: AbortSignal): Promise<void> => {
  const { signer, settings, say, report } = keeping;
  const ledgers: Ledgers = keeping.ledgers;
  await patiently(signal, () => establishLedger(ledgers, signer, settings.origin));
  const publishing = schedule(keeping);
  for (let told = ""; !signal.aborted; await pause(settings.intervalMs, signal))
    try {
      const { state: ledger } = await ledgers.latest(ledgerStream);
      if (!ledger) throw new Error("the log has lost the ledger's key");
      const note = await sign(keeping, ledger);
      if (note === null) continue;
      say(`signed ${sizeOf(note)}`);
      told = "";
      await publishing(ledger, note);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      say(`stopped: ${message}`);
      // What a person has to mend is told once, not every second.
      if (message !== told && !(error instanceof Unavailable)) report(error);
      told = message;
    }
};

/** The newest note, shown; it is written down before anybody sees it. Null while the tree is smaller than what was signed. */
const sign = async ({ sql, signer, log, file, readModels }: LedgerKeeping, ledger: Ledger): Promise<string | null> => {
  // In this order: a tree that is asked for its size afterwards has everything that it had then.
  const isWhole = readModels.position("ledger") >= (await log.head());
  const [kept, shown, size] = [await contentOf(file), await newestCheckpoint(sql), await ledgerSize(sql)];
  const signed = [kept, shown?.note ?? null, ledger.published?.checkpoint ?? null].filter((note) => note !== null);
  const newest = Math.max(0, ...signed.map(sizeOf));
  if (size < newest && isWhole)
    throw new Error(`the log has ${size} events, and ${newest} were signed: its tail was cut. Nothing more is signed; see: waybill audit verify`);
  const isNews = size > newest || kept === null || sizeOf(kept) < newest;
  const note = isNews ? await signCheckpoint({ ledger, signer, headAt: (at) => headAt(sql, at), signed }, size) : kept;
  if (note === null) return null;
  if (note !== kept) await writePrivateFile(file, note);
  if (note !== shown?.note) await showCheckpoint(sql, { size: sizeOf(note), note });
  return note;
};

const schedule = (keeping: LedgerKeeping) => {
  const { settings: { publication }, sql, log, now } = keeping;
  const publish = publishCheckpoint(keeping);
  let due = 0;
  return async (ledger: Ledger, note: string): Promise<void> => {
    if (!publication || now() < due) return;
    due = now() + publication.intervalMs;
    const checkpoint = parseCheckpoint(parseNote(note)?.text ?? "");
    if (!checkpoint || checkpoint.size <= (ledger.published?.size ?? 0) || !(await hasNews(log, ledger))) return;
    const last = checkpoint.size - 1;
    const leaf = (await leavesOfTile(sql, Math.floor(last / tileWidth))).find(({ index }) => index === last);
    if (!leaf) return;
    const { repository } = publication;
    const refused = await publish({ repository, checkpoint, note, position: leaf.position }, ledger);
    if (refused) throw new Error(`the checkpoint could not be published in ${repository}: ${refused.message}`);
  };
};

const sizeOf = (note: string): number => parseCheckpoint(parseNote(note)?.text ?? "")?.size ?? 0;

const contentOf = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
};
