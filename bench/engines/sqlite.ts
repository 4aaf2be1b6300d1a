import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newId } from "#commands/kernel/command-id.ts";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import type { BenchEngine, RawClient } from "./engine.ts";

export const sqlite: BenchEngine = {
  name: "sqlite",
  open: async () => {
    const opened = new AsyncDisposableStack();
    const folder = opened.adopt(await mkdtemp(join(tmpdir(), "waybill-bench-")), (folder) => rm(folder, { recursive: true }));
    const log = opened.use(openSqliteLog(join(folder, "log.sqlite")));
    const db = new DatabaseSync(join(folder, "raw.sqlite"));
    opened.defer(() => db.close());
    return { log, raw: raw(db), [Symbol.asyncDispose]: () => opened.disposeAsync() };
  },
};

const raw = (db: DatabaseSync): RawClient => {
  db.exec("pragma journal_mode = wal; pragma synchronous = full; create table raw (position integer primary key, id text, stream text, type text, data text)");
  const insert = db.prepare("insert into raw (id, stream, type, data) values (?, ?, ?, ?)");
  const caller = (stream: string) => async (events: readonly object[]) => {
    db.exec("begin immediate");
    for (const event of events) insert.run(newId(), stream, "bench.OrderPlaced.v1", JSON.stringify(event));
    db.exec("commit");
    // Other callers' turn.
    await new Promise(setImmediate);
  };
  return { name: "node:sqlite, insert in a transaction", callers: (count) => Array.from({ length: count }, () => caller(newId())) };
};
