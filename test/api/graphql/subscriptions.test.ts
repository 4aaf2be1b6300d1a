import assert from "node:assert/strict";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { taskCodec, type TaskEvent, taskStream } from "#domain/tasks/events.ts";
import { subscribed } from "#test/support/graphql/subscribe.ts";
import { documents, impatient, sessionOf, targets } from "#test/support/graphql/session.ts";
import { eventually, patience } from "#test/support/projecting.ts";

const Event = z.object({ data: z.object({ events: z.object({ position: z.number(), type: z.string() }) }) });
const Task = z.object({ data: z.object({ task: z.object({ state: z.string(), attempt: z.number(), position: z.number() }) }) });
const Failed = z.object({ errors: z.array(z.object({ extensions: z.looseObject({ code: z.string() }) })) });

const events = "subscription ($after: Position, $stream: String, $type: String) { events(after: $after, stream: $stream, type: $type) { position type } }";
const task = "subscription ($id: ID!, $after: Position) { task(id: $id, after: $after) { state attempt position } }";

describe("GraphQL subscriptions", () => {
  const session = sessionOf({ limits: impatient });
  let secret = "";

  before(async () => {
    secret = await session().app.token("admin");
    await session().admin.ask(documents.bootstrap, { input: { repository: "demo" } });
  });

  const first = async <Item>(count: number, query: string, variables: object, schema: z.ZodType<Item>, items: Item[] = []): Promise<Item[]> => {
    const ending = new AbortController();
    for await (const item of subscribed(session().reader, secret, { query, variables }, ending.signal)) if (items.push(schema.parse(item)) === count) break;
    ending.abort();
    return items;
  };

  const record = async (id: string, event: TaskEvent) => {
    const { log } = session().app.application;
    const cause = { actor: "worker:w", commandId: randomUUID(), correlationId: "c" };
    return log.append(taskStream(id), [{ id: randomUUID(), ...taskCodec.encode(event) }], { expected: "any", cause });
  };

  it("give every event once, in order, first the old ones and then each as it comes", async () => {
    const { writer, app } = session();
    const head = await app.application.log.head();
    const following = first(head + 5, events, { after: 0 }, Event);
    for (let index = 0; index < 5; index++) await writer.ask(documents.add, { input: { repository: "demo", targets: targets(1, `n${index}`), publish: false } });
    const positions = (await following).map(({ data }) => data.events.position);
    assert.deepEqual(positions, Array.from({ length: head + 5 }, (_, index) => index + 1));
  });

  it("go on behind the last position that a client saw, without loss", async () => {
    const seen = (await first(2, events, { after: 1 }, Event)).map(({ data }) => data.events.position);
    const more = (await first(2, events, { after: seen.at(-1) }, Event)).map(({ data }) => data.events.position);
    assert.deepEqual([...seen, ...more], [2, 3, 4, 5]);
  });

  it("filter by the same text as every other feed, and say what is wrong with it", async () => {
    const filtered = "subscription ($after: Position, $filter: String) { events(after: $after, filter: $filter) { position type } }";
    const [artifact] = await first(1, filtered, { after: 0, filter: "kind=artifact;stream=trust.*" }, Event);
    assert.equal(artifact?.data.events.type, "trust.TargetsAdded.v1");
    const [refused] = await first(1, filtered, { after: 0, filter: "type=trsut.*" }, Failed);
    assert.equal(refused?.errors[0]?.extensions.code, "INVALID_INPUT");
  });

  it("filter by stream and by the beginning of a type", async () => {
    const [byStream] = await first(1, events, { after: 0, stream: "trust.repository-demo" }, Event);
    const [byType] = await first(1, events, { after: 0, type: "trust.Targets*" }, Event);
    const [byExactType] = await first(1, events, { after: 0, type: "trust.TargetsAdded.v1" }, Event);
    assert.deepEqual(
      [byStream, byType, byExactType].map((item) => item?.data.events.type),
      ["trust.RepositoryEstablished.v1", "trust.TargetsAdded.v1", "trust.TargetsAdded.v1"],
    );
  });

  it("follow a task through every change, and end with it", async () => {
    const id = randomUUID();
    const seen: z.infer<typeof Task>[] = [];
    const following = first(Infinity, task, { id }, Task, seen);
    await record(id, { type: "TaskQueued", task: id, kind: "publication", subject: "demo", input: {} });
    await record(id, { type: "TaskLeased", task: id, worker: "w", attempt: 1, token: 1 });
    await record(id, { type: "TaskFailed", task: id, attempt: 1, error: { code: "X", message: "x" }, retryAt: "2030-01-01T00:00:00Z" });
    // It begins with the task as it is when the question arrives: from here on there is every change.
    await eventually(async () => seen.at(-1)?.data.task, (shown) => shown?.state === "QUEUED" && shown.attempt === 1);
    await record(id, { type: "TaskLeased", task: id, worker: "w", attempt: 2, token: 2 });
    const { position } = await record(id, { type: "TaskSucceeded", task: id, attempt: 2, result: {} });
    const states = (await following).map(({ data }) => data.task);
    assert.deepEqual(states.at(-1), { state: "SUCCEEDED", attempt: 2, position });
    assert.deepEqual(states.slice(-3).map(({ state, attempt }) => `${state} ${attempt}`), ["QUEUED 1", "RUNNING 2", "SUCCEEDED 2"]);
    assert.deepEqual(states.map(({ position }) => position), states.map(({ position }) => position).toSorted((a, b) => a - b));
    assert.equal((await first(Infinity, task, { id }, Task)).length, 1);
    assert.deepEqual(await first(Infinity, task, { id, after: position }, Task), []);
  });

  it("say of a task that nobody asked for that there is none", async () => {
    const [failed] = await first(1, task, { id: randomUUID() }, Failed);
    assert.equal(failed?.errors[0]?.extensions.code, "TASK_NOT_FOUND");
  });

  it("refuse a bad argument as a query does", async () => {
    const refused = await session().reader.ask(task, { id: "x" }, { accept: "text/event-stream", "x-request-id": "r" });
    assert.match(refused.text, /INVALID_INPUT/);
  });

  it("are refused to a client that takes JSON only", async () => {
    assert.equal((await session().reader.ask(events, {}, { accept: "application/json" })).status, 406);
  });

  it("free everything when the client goes away", async () => {
    const { application } = session().app;
    const signals: AbortSignal[] = [];
    const subscribe = application.log.subscribe.bind(application.log);
    application.log.subscribe = (options) => {
      signals.push(options.signal);
      return subscribe(options);
    };
    await first(1, events, { after: 0 }, Event);
    await first(1, task, { id: await openTask(record), after: 0 }, Task);
    application.log.subscribe = subscribe;
    await eventually(async () => signals.map(({ aborted }) => aborted), (all) => all.length > 0 && all.every(Boolean));
  });

  it("read no further than a slow client takes, and let it go", async () => {
    const { application } = session().app;
    const after = await application.log.head();
    for (let index = 0; index < 20; index++)
      await application.log.append("test.big", [{ id: randomUUID(), type: "test.Big.v1", data: { text: "x".repeat(800_000) } }], {
        expected: "any",
        cause: { actor: "system", commandId: randomUUID(), correlationId: "c" },
      });
    const seen: { given: number; signal: AbortSignal | null } = { given: 0, signal: null };
    const subscribe = application.log.subscribe.bind(application.log);
    application.log.subscribe = async function* (options) {
      seen.signal = options.signal;
      for await (const page of subscribe({ ...options, limit: 1 })) {
        seen.given++;
        yield page;
      }
    };
    const body = JSON.stringify({ query: `subscription { events(after: ${after}) { data } }` });
    const socket = connect(Number(new URL(session().reader.url).port), "127.0.0.1").pause();
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    for (let before = -1; seen.given > before || seen.given === 0; await sleep(100)) before = seen.given;
    application.log.subscribe = subscribe;
    assert.ok(seen.given < 20, `${seen.given} of 20 events were read`);
    socket.destroy();
    await eventually(async () => seen.signal?.aborted, (aborted) => aborted === true);
  });

  it("end when the token is revoked", async () => {
    const { admin, app, writer } = session();
    const issued = await admin.ask(`mutation { issueToken(input: { name: "short", scope: READ }) { tokenId secret } }`);
    await app.settled();
    const after = await app.application.log.head();
    const stream = subscribed(session().reader, String(issued.at("issueToken.secret")), { query: events, variables: { after: after - 1 } }, AbortSignal.timeout(patience));
    assert.equal((await stream.next()).done, false);
    await admin.ask("mutation ($id: ID!) { revokeToken(input: { id: $id }) { receipt { position } } }", { id: issued.at("issueToken.tokenId") });
    await app.settled();
    await sleep(550);
    await writer.ask(documents.add, { input: { repository: "demo", targets: targets(1, "end"), publish: false } });
    const rest = JSON.stringify(await Array.fromAsync(stream));
    assert.match(rest, /UNAUTHENTICATED/);
    assert.doesNotMatch(rest, /trust.TargetsAdded/);
  });
});

const openTask = async (record: (id: string, event: TaskEvent) => Promise<unknown>): Promise<string> => {
  const id = randomUUID();
  await record(id, { type: "TaskQueued", task: id, kind: "publication", subject: "demo", input: {} });
  return id;
};
