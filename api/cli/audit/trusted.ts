import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NoteKey, parseNoteKey } from "#domain/audit/note.ts";
import { ledgerTargets } from "#commands/audit/publish-checkpoint.ts";
import { CliError, exitCodes, usageError } from "#api/cli/exit.ts";
import { firstRoot } from "#api/cli/first-root.ts";
import type { Options } from "#api/cli/options.ts";
import type { Session } from "#api/cli/session.ts";
import { TrustStore } from "#api/cli/trust-store.ts";
import { fetchVerified } from "#api/cli/tuf-client.ts";

export const trustOptions = {
  key: { kind: "text", value: "KEY|FILE", help: "the ledger's key, from a source that you trust" },
  repository: { kind: "text", value: "NAME", help: "take key and head from this TUF repository, by the root that this machine trusts" },
  checkpoint: { kind: "list", value: "FILE", help: "a checkpoint of former times that the log must still hold; again for several" },
} as const satisfies Options;

export interface TrustWanted {
  readonly key?: string;
  readonly repository?: string;
  readonly checkpoint?: readonly string[];
}

/** Who vouches for the key: the one who called, a TUF root, or the server alone. */
export interface TrustedKey {
  readonly key: NoteKey;
  readonly from: "given" | "tuf" | "server";
  /** Signed notes that came from elsewhere than the server's ledger. */
  readonly notes: readonly string[];
}

export const trustedKey = async (session: Session, wanted: TrustWanted): Promise<TrustedKey> => {
  const files = await Promise.all((wanted.checkpoint ?? []).map(read));
  if (wanted.key !== undefined) return { key: await givenKey(wanted.key), from: "given", notes: files };
  if (wanted.repository !== undefined) {
    const { key, checkpoint } = await byTuf(session, wanted.repository);
    return { key: keyIn(key, "target ledger/key"), from: "tuf", notes: [...files, checkpoint] };
  }
  const response = await session.client.file("ledger/key");
  if (!response) throw new CliError(exitCodes.refused, "the ledger has no key yet", { hint: "a process with the role worker makes it at its first start" });
  return { key: keyIn(await response.text(), "the server's answer"), from: "server", notes: files };
};

export const givenKey = async (given: string): Promise<NoteKey> => parseNoteKey(given) ?? keyIn(await read(given), given);

const keyIn = (text: string, where: string): NoteKey => {
  const key = parseNoteKey(text);
  if (key) return key;
  throw usageError(`${where} holds no key of a ledger`, "it looks like this: example.com/log+1a2b3c4d+AX…");
};

const read = async (file: string): Promise<string> =>
  readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError(exitCodes.usage, `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });

const whereNone = "the ledger is published there by a server that was started with WAYBILL_LEDGER_REPOSITORY=NAME; without --repository the server's word is taken for the key";

const byTuf = async (session: Session, repository: string): Promise<{ key: string; checkpoint: string }> => {
  const store = new TrustStore(session.config.trust, session.client.url, repository);
  const folder = await mkdtemp(join(tmpdir(), "waybill-ledger-"));
  try {
    const fetched = async (path: string) => {
      const root = (await store.root()) === null ? await firstRoot(session, repository) : null;
      const at = (kind: string) => new URL(`tuf/${encodeURIComponent(repository)}/${kind}`, session.client.url).href;
      const file = join(folder, "target");
      await fetchVerified(store, { metadataUrl: at("metadata"), targetsUrl: at("targets"), path, file, root, whereNone });
      return readFile(file, "utf8");
    };
    return { key: await fetched(ledgerTargets.key), checkpoint: await fetched(ledgerTargets.checkpoint) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
