import assert from "node:assert/strict";
import { z } from "zod";
import type { HotTasks } from "#api/application.ts";
import { deliver } from "#infra/redis/deliver.ts";
import { hotTasksOf } from "#infra/redis/tasks/hot-tasks.ts";
import { openHotTasks } from "#infra/redis/tasks/open.ts";
import { serve } from "#test/support/graphql/client.ts";
import { documents, impatient, sessionOf, targets } from "#test/support/graphql/session.ts";
import { eventually } from "#test/support/projecting.ts";
import { anyRedis, freshRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";

const fields = "taskId kind subject state attempt worker result error { code message } queuedAt startedAt finishedAt position stale";
const question = `query ($id: ID!, $after: Position) { task(id: $id, after: $after) { id ${fields} } }`;
const byNode = `query ($id: ID!) { node(id: $id) { ... on Task { id ${fields} } } }`;

const Added = z.object({ addTargets: z.object({ receipt: z.object({ position: z.int() }), task: z.object({ id: z.string(), taskId: z.string() }) }) });

/** A copy that has any task as failed, as of a position. */
const failed = (at: number): HotTasks => ({
  find: async (id) => {
    const blank = { kind: "", subject: "", attempt: 9, worker: null, result: null, error: null, startedAt: null, finishedAt: null };
    return { position: at, row: { ...blank, id, state: "failed", queuedAt: "2026-01-01T00:00:00.000Z", position: at } };
  },
});

describe("A task that is asked for", () => {
  const session = sessionOf({ limits: impatient });
  let task: { readonly id: string; readonly taskId: string };
  let position: number;

  before(async () => {
    const { admin, writer, app } = session();
    await admin.ask(documents.bootstrap, { input: { repository: "demo" } });
    const { addTargets } = Added.parse((await writer.ask(documents.add, { input: { repository: "demo", targets: targets(1) } })).data);
    task = addTargets.task;
    position = addTargets.receipt.position;
    await app.settled();
  });

  /** The state that an API with these tasks at hand shows. */
  const state = async (hotTasks: HotTasks, after: number | null = null): Promise<unknown> => {
    const { app } = session();
    await using client = await serve({ ...app.application, hotTasks }, await app.token("read"));
    return (await client.ask(question, { id: task.taskId, after })).at("task.state");
  };

  it("comes from the copy at hand, where that is as far as was asked for and as the read model is", async () => {
    assert.equal(await state(failed(1e6)), "FAILED");
    assert.equal(await state(failed(1e6), position), "FAILED");
  });

  it("comes from the read model, where the copy is older or has no such task", async () => {
    assert.equal(await state(failed(1)), "QUEUED");
    assert.equal(await state(failed(1e6), 1e6 + 1), "QUEUED");
    assert.equal(await state({ find: async () => null }), "QUEUED");
  });

  whenThere("redis", anyRedis, () => {
    it("is the same with Redis and without it", async () => {
      const { app, admin, writer } = session();
      const { log } = app.application;
      await using fresh = await freshRedis();
      const redis = fresh.open();
      await using _ = deliver(log, redis, assert.ifError);
      await eventually(() => hotTasksOf(redis, log).end(), (end) => end !== null);
      const hotTasks = openHotTasks(log, redis);
      const secret = await app.token("read");
      await using withRedis = await serve({ ...app.application, hotTasks }, secret);
      await using without = await serve(app.application, secret);
      await admin.ask(documents.bootstrap, { input: { repository: "other" } });
      const { addTargets } = Added.parse((await writer.ask(documents.add, { input: { repository: "other", targets: targets(2) } })).data);
      await app.settled();
      const head = await log.head();
      await eventually(() => hotTasks.find(addTargets.task.taskId), (found) => found?.position === head);
      for (const { id, taskId } of [task, addTargets.task]) {
        assert.deepEqual((await withRedis.ask(question, { id: taskId })).data, (await without.ask(question, { id: taskId })).data);
        assert.deepEqual((await withRedis.ask(byNode, { id })).data, (await without.ask(byNode, { id })).data);
      }
    });
  });
});
