import assert from "node:assert/strict";
import { z } from "zod";
import { readServerSentEvents } from "#api/cli/server-sent-events.ts";
import { feeds } from "#api/rest/feeds.ts";
import { eventually } from "#test/support/projecting.ts";
import { ask, type RestServer, secrets, serveRest } from "#test/support/rest.ts";
import { type ScriptedLog, scriptedLog } from "#test/support/scripted-log.ts";

const bearer = (scope: keyof typeof secrets) => ({ authorization: `Bearer ${secrets[scope]}` });
const added = (repository: string) => ({ type: "trust.TargetsAdded.v1", stream: `trust.targets-${repository}`, data: { repository } });
const issued = () => ({ type: "access.TokenIssued.v1", stream: "access.token-1", data: { secretSha256: "ab" } });

const Line = z.object({ position: z.int(), data: z.unknown() });
const Problem = z.object({ code: z.string() });

describe("Feeds of events", () => {
  let server: RestServer;
  let log: ScriptedLog;
  let ending: AbortController;
  let secretsOfToday: Record<string, string>;

  beforeEach(async () => {
    log = scriptedLog();
    ending = new AbortController();
    secretsOfToday = { ...secrets };
    const authenticate = async (secret: string) => {
      const scope = (["read", "write", "admin"] as const).find((one) => secretsOfToday[one] === secret);
      return scope ? { tokenId: scope, name: scope, scope } : null;
    };
    server = await serveRest((needs) => ({ ...needs, authenticate, others: [feeds({ log, authenticate, closing: ending.signal, heartbeatMs: 60 })] }));
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const listen = async (query: string, headers: Record<string, string> = {}) => {
    const over = new AbortController();
    const response = await fetch(`${server.url}/events${query}`, { headers: { ...bearer("read"), ...headers }, signal: over.signal });
    const heard: { readonly id: number; readonly data: unknown }[] = [];
    const ended = (async () => {
      for await (const { id, data } of readServerSentEvents(response.body ?? new ReadableStream())) heard.push({ id: Number(id), data: JSON.parse(data) });
    })().catch(() => undefined);
    return { response, heard, ended, close: () => over.abort(), positions: () => heard.map(({ id }) => id) };
  };

  const lines = async (query: string) => {
    const { status, headers, body } = await ask(server.port, `/events.ndjson${query}`, { headers: bearer("read") });
    assert.equal(status, 200);
    const text = body.toString();
    return { until: headers["waybill-until"], positions: text.split("\n").filter(Boolean).map((line) => Line.parse(JSON.parse(line)).position) };
  };

  it("stream what is there and what comes, each event once, with its position as the id", async () => {
    log.write(added("a"), added("b"));
    const stream = await listen("?after=0");
    await eventually(async () => stream.positions(), (ids) => ids.length === 2);
    log.write(added("c"));
    await eventually(async () => stream.positions(), (ids) => ids.length === 3);
    assert.deepEqual(stream.positions(), [1, 2, 3]);
    assert.deepEqual(stream.heard[2]?.data, JSON.parse(JSON.stringify(log.events[2])));
    assert.match(stream.response.headers.get("content-type") ?? "", /^text\/event-stream/);
    stream.close();
  });

  it("begin now where nobody says where, and behind Last-Event-ID whatever the URL says", async () => {
    log.write(added("a"), added("b"));
    const fresh = await listen("");
    const resumed = await listen("?after=0", { "last-event-id": "1" });
    log.write(added("c"));
    await eventually(async () => [fresh.positions(), resumed.positions()], ([one, two]) => one?.length === 1 && two?.length === 2);
    assert.deepEqual([fresh.positions(), resumed.positions()], [[3], [2, 3]]);
    fresh.close();
    resumed.close();
  });

  it("give signs of life where nothing happens, and move the reader's place over what it does not want", async () => {
    const over = new AbortController();
    const response = await fetch(`${server.url}/events?after=0&filter=type%3Daccess.*`, { headers: bearer("read"), signal: over.signal });
    let text = "";
    const reading = (async () => {
      for await (const chunk of response.body ?? new ReadableStream<Uint8Array>()) text += Buffer.from(chunk).toString();
    })().catch(() => undefined);
    await eventually(async () => text, (heard) => heard.endsWith(":\n\n:\n\n"));
    log.write(added("a"), added("b"));
    await eventually(async () => text, (heard) => heard.includes(":\nid: 2\n\n:\n\n"));
    assert.doesNotMatch(text, /data/);
    over.abort();
    await reading;
  });

  it("send what fits the filter alone", async () => {
    log.write(added("a"), issued(), added("b"));
    const stream = await listen(`?after=0&filter=${encodeURIComponent("type=trust.*;stream=trust.targets-b")}`);
    log.write(added("a"), added("b"));
    await eventually(async () => stream.positions(), (ids) => ids.length === 2);
    assert.deepEqual(stream.positions(), [3, 5]);
    stream.close();
  });

  it("withhold from all but administrators what is theirs", async () => {
    log.write(issued());
    const read = await ask(server.port, "/events.ndjson", { headers: bearer("read") });
    const admin = await ask(server.port, "/events.ndjson", { headers: bearer("admin") });
    assert.deepEqual([read, admin].map(({ body }) => Line.parse(JSON.parse(body.toString())).data), [{ withheld: "admin" }, { secretSha256: "ab" }]);
  });

  it("end a stream when the process does, and when its token does", async () => {
    const revoked = await listen("?after=0");
    delete secretsOfToday["read"];
    log.write(added("a"));
    await revoked.ended;
    assert.deepEqual(revoked.positions(), []);
    const drained = await listen("?after=0", bearer("admin"));
    await eventually(async () => drained.positions(), (ids) => ids.length === 1);
    ending.abort();
    await drained.ended;
  });

  it("export everything up to the head, and go on behind a position", async () => {
    log.write(...Array.from({ length: 1200 }, (_, index) => added(index % 2 ? "odd" : "even")));
    const whole = await lines("");
    assert.deepEqual([whole.until, whole.positions.length, whole.positions[0], whole.positions.at(-1)], ["1200", 1200, 1, 1200]);
    assert.deepEqual((await lines("?after=10&until=14")).positions, [11, 12, 13, 14]);
    assert.deepEqual((await lines("?after=1195&filter=stream%3Dtrust.targets-odd")).positions, [1196, 1198, 1200]);
    assert.deepEqual((await lines("?after=1200")).positions, []);
    assert.deepEqual((await lines("?after=99999")).positions, []);
  });

  it("say what is wrong with a request before anything is sent", async () => {
    const codes = async (path: string, headers: Record<string, string> = bearer("read")) => {
      const { status, body } = await ask(server.port, path, { headers });
      return [status, Problem.parse(JSON.parse(body.toString())).code];
    };
    assert.deepEqual(await codes("/events?after=-1"), [400, "INVALID_INPUT"]);
    assert.deepEqual(await codes("/events.ndjson?filter=type%3Dtrsut.*"), [400, "INVALID_INPUT"]);
    assert.deepEqual(await codes("/events?after=1&after=2"), [400, "INVALID_INPUT"]);
    assert.deepEqual(await codes("/events", { ...bearer("read"), "last-event-id": "x" }), [400, "INVALID_INPUT"]);
    assert.deepEqual(await codes("/events", {}), [401, "UNAUTHENTICATED"]);
  });

  it("wait for a reader that is slow, without holding the log in memory", async () => {
    const large = "x".repeat(200_000);
    log.write(...Array.from({ length: 300 }, () => ({ ...added("a"), data: { large } })));
    const response = await fetch(`${server.url}/events.ndjson`, { headers: bearer("read") });
    const reader = response.body?.getReader();
    await reader?.read();
    let bytes = 0;
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) bytes += chunk.value.length;
    assert.ok(bytes > 300 * 199_000);
  });
});
