import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { taskCodec, taskStream } from "#domain/tasks/events.ts";
import { task } from "#domain/tasks/task.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import { newId } from "#commands/kernel/command-id.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import { eventually } from "#test/support/projecting.ts";

const script = fileURLToPath(new URL("../../support/competing-worker.ts", import.meta.url));

type Worker = ChildProcessByStdio<null, Readable, null>;

const heard = ({ stdout }: Worker): Promise<string> => new Promise((resolve) => stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())));

describe("A worker that is stopped in the middle of a task", () => {
  it("is replaced, and ends nothing when it wakes up", async () => {
    await using opened = new AsyncDisposableStack();
    const { url } = opened.use(await freshDatabase());
    const log = opened.use(await openPostgresLog({ connect: { connectionString: url } }));
    const start = (name: string): Worker => {
      const child = spawn(process.execPath, [script, url, name], { stdio: ["ignore", "pipe", "inherit"] });
      opened.defer(() => void child.kill("SIGKILL"));
      return child;
    };
    const id = newId();
    const events = async () => (await log.read(taskStream(id))).map((event) => taskCodec.decode(event).event);
    const typesOf = async () => (await events()).map(({ type }) => type);

    const sleeper = start("sleeper");
    const tasks = aggregate(task, taskCodec, log);
    await tasks.handle(taskStream(id), { type: "QueueTask", task: id, kind: "publication", subject: "demo", input: {} }, { actor: "test", commandId: newId(), correlationId: id });
    await eventually(typesOf, (types) => types.length === 2);
    const other = start("other");
    assert.equal((await heard(other)).trim(), "done");
    sleeper.kill("SIGCONT");
    assert.match(await heard(sleeper), /LEASE_LOST|done/);
    assert.deepEqual(await typesOf(), ["TaskQueued", "TaskLeased", "TaskLeased", "TaskSucceeded"]);
    const [, first, second, last] = await events();
    assert.deepEqual([first, second, last].map((event) => (event?.type === "TaskLeased" ? event.worker : event?.type === "TaskSucceeded" && event.result["by"])), ["sleeper", "other", "other"]);
    assert.ok(first?.type === "TaskLeased" && second?.type === "TaskLeased" && second.token > first.token);
  });
});
