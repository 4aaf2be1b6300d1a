import assert from "node:assert/strict";
import { once } from "node:events";
import { Unavailable } from "#domain/kernel/errors.ts";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { append, upTo } from "#test/conformance/event-log/harness.ts";

// Fills a log until its disk is full, which the parent arranges, and again when there is room: `node full-disk.ts FILE`
process.on("SIGXFSZ", () => undefined);
await using log = openSqliteLog(process.argv[2] ?? "");
const told = async (word: string) => {
  process.stdout.write(`${word}\n`);
  await once(process.stdin, "data");
};

await told("ready");
const fill = async () => {
  for (const index of upTo(100_000)) await append(log, `test.clock-${index}`, 10);
};
await assert.rejects(fill, Unavailable);
await assert.rejects(append(log, "test.clock-still", 10), Unavailable);
await told("full");
await append(log, "test.clock-after");
process.stdin.destroy();
