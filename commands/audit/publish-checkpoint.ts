import { Readable } from "node:stream";
import { type Checkpoint } from "#domain/audit/checkpoint.ts";
import { ledgerStream } from "#domain/audit/events.ts";
import type { Ledger } from "#domain/audit/ledger.ts";
import { formatNoteKey } from "#domain/audit/note.ts";
import { isRefusal, type Refusal } from "#domain/kernel/decider.ts";
import type { Cause } from "#domain/kernel/event.ts";
import type { Commands } from "#commands/commands.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Ledgers } from "./establish-ledger.ts";
import { noteKeyOf } from "./sign-checkpoint.ts";

export interface PublishingCheckpoints {
  readonly ledgers: Ledgers;
  readonly addTargets: Commands["addTargets"];
  readonly blobs: BlobStore;
  readonly log: EventLog;
}

/** Where clients find the newest checkpoint, and the key that it is signed with. */
export const ledgerTargets = { checkpoint: "ledger/checkpoint", key: "ledger/key" } as const;

interface ToPublish {
  readonly repository: string;
  readonly checkpoint: Checkpoint;
  readonly note: string;
  /** Of the last event that the checkpoint covers. */
  readonly position: number;
}

/** Everything that one publication leads to bears this, so that it does not call for the next one. */
const correlationOf = (repository: string, size: number): string => commandIdOf("ledger publication", repository, String(size));

/** Makes the checkpoint and the ledger's key targets of a repository, and records that it did. */
export const publishCheckpoint =
  ({ ledgers, addTargets, blobs }: PublishingCheckpoints) =>
  async ({ repository, checkpoint: { size }, note, position }: ToPublish, ledger: Ledger): Promise<Refusal | null> => {
    const correlationId = correlationOf(repository, size);
    const cause = (step: string): Cause => ({ actor: "system", reason: "checkpoint of the ledger", commandId: commandIdOf(step, correlationId), correlationId });
    const targets = [
      await stored(blobs, ledgerTargets.checkpoint, note),
      await stored(blobs, ledgerTargets.key, `${formatNoteKey(noteKeyOf(ledger))}\n`),
    ];
    const added = await addTargets({ repository, targets, publish: true }, cause("add"));
    if (isRefusal(added)) return added;
    const recorded = await ledgers.handle(ledgerStream, { type: "RecordPublication", repository, size, position, checkpoint: note }, cause("record"));
    return isRefusal(recorded) ? recorded : null;
  };

const stored = async (blobs: BlobStore, path: string, content: string) => {
  const { sha256, length } = await blobs.put(Readable.from([Buffer.from(content)]), 1_000_000);
  return { path, length, hashes: { sha256 } };
};

const pageLimit = 500;

/** Whether anything happened behind the published checkpoint that is not of its own publication. */
export const hasNews = async (log: EventLog, { published }: Pick<Ledger, "published">): Promise<boolean> => {
  if (!published) return true;
  const own = correlationOf(published.repository, published.size);
  for (let after = published.position; ; ) {
    const page = await log.readAll({ after, limit: pageLimit });
    if (page.events.some(({ correlationId }) => correlationId !== own)) return true;
    if (page.caughtUp) return false;
    after = page.position;
  }
};
