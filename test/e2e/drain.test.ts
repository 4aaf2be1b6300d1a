import assert from "node:assert/strict";
import { hash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { readServerSentEvents } from "#api/cli/server-sent-events.ts";
import { ask, positionsOf } from "#test/support/graphql.ts";
import { type Installation, newInstallation, type Served } from "#test/support/installation.ts";
import { add, bootstrap, contentOf, settled, upload } from "#test/support/publishing.ts";
import { tufClients } from "#test/support/tuf-client.ts";

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : String(error));

/** A connection on which nothing was asked for so long may be hung up on in the very moment of the next request. */
const longIdleMs = 400;

/** One mutation over the agent's connections, idle for so long; null where the server did not take the connection any more. */
const addOver = (agent: Agent, { url, token }: Served, path: string, idleMs: number): Promise<string | null> => {
  const query = `mutation ($targets: [TargetInput!]!) { addTargets(input: { repository: "demo", targets: $targets }) { receipt { position } } }`;
  const targets = [{ path, length: Buffer.byteLength(contentOf(path)), sha256: hash("sha256", contentOf(path)) }];
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/graphql`, { agent, method: "POST", headers });
    const hungUp = (error: Error) => sent.reusedSocket && idleMs > longIdleMs && /ECONNRESET|EPIPE/.test(codeOf(error));
    sent.once("error", (error) => (codeOf(error) === "ECONNREFUSED" || hungUp(error) ? resolve(null) : reject(error)));
    sent.once("response", (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.once("error", reject);
      response.once("end", () => resolve(text));
    });
    sent.end(JSON.stringify({ query, variables: { targets } }));
  });
};

/** An upload that the server has taken, and that goes on until it is told to end. */
const slowUpload = async ({ url, token }: Served) => {
  const { promise: answered, resolve, reject } = Promise.withResolvers<number>();
  const sent = request(`${url}/blobs`, { method: "POST", headers: { authorization: `Bearer ${token}`, expect: "100-continue" } });
  sent.once("error", reject);
  sent.once("response", (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  sent.flushHeaders();
  await once(sent, "continue");
  sent.write("half ");
  return { answered, finish: () => sent.end("whole") };
};

describe("A process that is told to stop", () => {
  let installation: Installation;
  let [first, second]: (Served | undefined)[] = [];
  let clients: Awaited<ReturnType<typeof tufClients>>;
  const apis = () => {
    assert.ok(first && second);
    return [first, second] as const;
  };
  const replaced = async () => {
    first = await installation.serve("api");
  };

  before(async () => {
    installation = await newInstallation();
    [first, second] = await Promise.all([installation.serve("api"), installation.serve("api"), installation.serve("projector,worker")]);
    clients = await tufClients(() => `${apis()[1].url}/tuf/demo`);
    await bootstrap(apis()[1], "demo", 4);
  });
  after(async () => {
    await clients[Symbol.asyncDispose]();
    await installation[Symbol.asyncDispose]();
  });

  it("answers every request that it has taken, under load, and exits with 0", async () => {
    const [leaving, staying] = apis();
    const names: string[] = [];
    const refused: string[] = [];
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let nth = 0, answered = performance.now(); ; nth++) {
        const name = `writer ${writer}, ${nth}`;
        await upload(staying, contentOf(name));
        const answer = await addOver(agent, leaving, name, performance.now() - answered);
        if (answer === null) {
          refused.push(name);
          return agent.destroy();
        }
        answered = performance.now();
        assert.match(answer, /"position":\d+/);
        names.push(name);
      }
    });
    while (names.length < 40) await sleep(10);
    assert.equal(await leaving.kill("SIGTERM"), 0, leaving.output());
    await Promise.all(writers);
    await settled(staying, "demo");
    const client = await clients.cold();
    for (const name of names) assert.equal(await client.fetch(name), contentOf(name));
    for (const name of refused) assert.equal(await client.fetch(name), null);
    await replaced();
  });

  it("waits for an upload, while it takes no other", async () => {
    const [leaving] = apis();
    const upload = await slowUpload(leaving);
    const ended = leaving.kill("SIGTERM");
    while ((await fetch(`${leaving.url}/readyz`).catch(() => null)) !== null) await sleep(20);
    upload.finish();
    assert.equal(await upload.answered, 201);
    assert.equal(await ended, 0);
    await replaced();
  });

  it("says 503 to load balancers before it takes no more connections", async () => {
    const one = await installation.serve("api", { WAYBILL_DRAIN_NOTICE_MS: "5000" });
    const ended = one.kill("SIGTERM");
    const seen = new Set<number>();
    for (;;) {
      const response = await fetch(`${one.url}/readyz`).catch(() => null);
      if (!response) break;
      if (response.status === 503 && !seen.has(503)) await ask(one, "{ status { version } }", {}, z.unknown());
      seen.add(response.status);
      await sleep(50);
    }
    assert.ok(seen.has(503));
    assert.equal(await ended, 0);
  });

  it("cuts subscriptions without completing them, so that clients go on elsewhere and lose nothing", async () => {
    const [leaving, staying] = apis();
    const seen: number[] = [];
    let completed = 0;
    const follow = async ({ url, token }: Served, until: number) => {
      const query = `subscription { events(after: ${seen.at(-1) ?? 0}) { position } }`;
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "text/event-stream" };
      const response = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
      assert.ok(response.body);
      for await (const { event, data } of readServerSentEvents(response.body)) {
        if (event === "complete") completed++;
        if (event !== "next") continue;
        seen.push(z.object({ data: z.object({ events: z.object({ position: z.int() }) }) }).parse(JSON.parse(data)).data.events.position);
        if (seen.at(-1) === until) return;
      }
    };
    const following = follow(leaving, -1).catch(() => undefined);
    while (seen.length < 20) await sleep(10);
    assert.equal(await leaving.kill("SIGTERM"), 0);
    await following;
    await add(staying, "demo", [`after ${randomUUID()}`]);
    await settled(staying, "demo");
    const all = await positionsOf(staying);
    await follow(staying, all.at(-1) ?? 0);
    assert.equal(completed, 0);
    assert.deepEqual(seen, all);
    await replaced();
  });

  it("ends at once when it is told a second time", async () => {
    const [leaving] = apis();
    const hanging = (await slowUpload(leaving)).answered.catch(codeOf);
    const ended = leaving.kill("SIGTERM");
    while (!leaving.output().includes("stopping …")) await sleep(20);
    const again = setInterval(() => process.kill(leaving.pid, "SIGTERM"), 100);
    assert.equal(await ended.finally(() => clearInterval(again)), 143);
    await hanging;
    await replaced();
  });

  it("hangs up on what does not end within WAYBILL_DRAIN_MS", async () => {
    const one = await installation.serve("api", { WAYBILL_DRAIN_MS: "300" });
    const hanging = (await slowUpload(one)).answered.catch(codeOf);
    assert.equal(await one.kill("SIGTERM"), 0);
    assert.match(String(await hanging), /ECONNRESET|EPIPE|hang up/);
  });
});
