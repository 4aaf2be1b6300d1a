import type { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventLog, Receipt } from "#commands/ports/event-log.ts";
import { bell } from "#infra/log/bell.ts";
import { type Engine, eventLog } from "#infra/log/event-log.ts";
import { appender } from "./append.ts";
import { isBusy, unavailable } from "./errors.ts";
import { openLogFile } from "./log-file.ts";
import { reader } from "./read.ts";

export interface SqliteLogOptions {
  /** Milliseconds that an append waits for a lock of another process. */
  readonly patience?: number;
  /** Milliseconds between looks for events of other processes. */
  readonly poll?: number;
}

/**
 * The log in one file, through Node's own SQLite: `data/log.sqlite` of the embedded default. Made for one process; a second one is safe
 * but slow. Throws `Unavailable` when the file cannot be opened, a defect when a later version wrote it or it is no log.
 */
export const openSqliteLog = (file: string, { patience = 5000, poll = 1000 }: SqliteLogOptions = {}): EventLog => {
  const db = openLogFile(file);
  const { receipt, read, readAll, head } = reader(db);
  const appendAll = appender(db, receipt);

  const appendGroup: Engine["appendGroup"] = async (group) => {
    try {
      await begin(db, patience);
      return committed(db, () => appendAll(group));
    } catch (error) {
      throw unavailable(error);
    }
  };
  const close = async () => {
    if (db.isOpen) db.close();
  };
  return eventLog({
    appendGroup,
    receipt: async (commandId) => answered(() => receipt(commandId)),
    read: async (stream, options) => answered(() => read(stream, options)),
    readAll: async (options) => answered(() => readAll(options)),
    head: async () => answered(head),
    close,
    bell: bell(),
    poll,
  });
};

/** Takes the file's writing lock. While another process has it, this one sleeps without blocking its thread. */
const begin = async (db: DatabaseSync, patience: number): Promise<void> => {
  const end = Date.now() + patience;
  for (;;)
    try {
      return db.exec("begin immediate");
    } catch (error) {
      if (!isBusy(error) || Date.now() >= end) throw error;
      await sleep(2);
    }
};

const committed = (db: DatabaseSync, work: () => readonly (Receipt | Error)[]) => {
  try {
    const answers = work();
    db.exec("commit");
    return answers;
  } catch (error) {
    // SQLite has rolled back by itself after some errors.
    if (db.isOpen && db.isTransaction) db.exec("rollback");
    throw error;
  }
};

const answered = <Answer>(ask: () => Answer): Answer => {
  try {
    return ask();
  } catch (error) {
    throw unavailable(error);
  }
};
