import assert from "node:assert/strict";
import { z } from "zod";
import { readServerSentEvents } from "#api/cli/server-sent-events.ts";
import { sharedEngineName } from "#test/support/engine.ts";
import { ask } from "#test/support/graphql.ts";
import { type Installation, newInstallation, type Served } from "#test/support/installation.ts";
import { eventually } from "#test/support/projecting.ts";

const filter = "type=trust.TargetsAdded;kind=artifact;key=sha256:ab";
const add = `mutation ($targets: [TargetInput!]!) { addTargets(input: { repository: "demo", targets: $targets, publish: false }) { receipt { position } } }`;
const Added = z.object({ addTargets: z.object({ receipt: z.object({ position: z.int() }) }) });
const page = `query ($filter: String, $cursor: String, $position: Position) {
  events(filter: $filter, first: 7, after: $cursor, afterPosition: $position) { edges { node { position } } pageInfo { hasNextPage endCursor } } }`;
const Page = z.object({
  events: z.object({
    edges: z.array(z.object({ node: z.object({ position: z.int() }) })),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});
const Line = z.object({ position: z.int() });
const Next = z.object({ data: z.object({ events: Line }) });

/** Follows the log for ever: at the one api, and where that is gone at the next, behind the last event that it has seen. */
const follower = (apis: readonly Served[], kind: "events" | "graphql") => {
  const positions: number[] = [];
  const over = new AbortController();
  const connect = ({ url, token }: Served) => {
    const after = positions.at(-1) ?? 0;
    const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
    if (kind === "events") return fetch(`${url}/events?after=0&filter=${encodeURIComponent(filter)}`, { headers: { ...headers, "last-event-id": String(after) }, signal: over.signal });
    const query = "subscription ($after: Position, $filter: String) { events(after: $after, filter: $filter) { position } }";
    const body = JSON.stringify({ query, variables: { after, filter } });
    return fetch(`${url}/graphql`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body, signal: over.signal });
  };
  const listen = async (api: Served) => {
    const { body } = await connect(api);
    for await (const { event, data } of readServerSentEvents(body ?? new ReadableStream())) {
      if (kind === "events") positions.push(Line.parse(JSON.parse(data)).position);
      else if (event === "next") positions.push(Next.parse(JSON.parse(data)).data.events.position);
    }
  };
  const following = (async () => {
    for (let nth = 0; !over.signal.aborted; nth++) {
      const api = apis[nth % apis.length];
      if (api) await listen(api).catch(() => undefined);
    }
  })();
  return { positions, end: () => (over.abort(), following) };
};

/** Positions of a file of events. */
const exported = async ({ url, token }: Served, query: string) => {
  const response = await fetch(`${url}/events.ndjson?filter=${encodeURIComponent(filter)}&${query}`, { headers: { authorization: `Bearer ${token}` } });
  return (await response.text()).split("\n").filter(Boolean).map((line) => Line.parse(JSON.parse(line)).position);
};

describe(`Feeds on ${sharedEngineName}, by several api processes of which one is killed`, () => {
  let installation: Installation;
  let apis: Served[] = [];
  const recorded: number[] = [];
  const writes = async (count: number, through: readonly Served[]) => {
    for (let nth = 0; nth < count; nth++) {
      const api = through[nth % through.length];
      assert.ok(api);
      const wanted = { path: `file-${recorded.length}`, length: 1, sha256: "ab".repeat(32) };
      recorded.push((await ask(api, add, { targets: [wanted] }, Added)).addTargets.receipt.position);
      await ask(api, add, { targets: [{ ...wanted, path: `other-${recorded.length}`, sha256: "cd".repeat(32) }] }, Added);
    }
  };

  before(async () => {
    installation = await newInstallation();
    const first = await installation.serve("api,projector,worker");
    apis = [first, await installation.serve("api"), await installation.serve("api")];
    await ask(first, `mutation { bootstrapRepository(input: { repository: "demo", bins: 2 }) { receipt { position } } }`, {}, z.unknown());
  });
  after(() => installation[Symbol.asyncDispose]());

  it("give every follower each event once and in order, over the death of the process that it follows", async () => {
    const [first, second, third] = apis;
    assert.ok(first && second && third);
    await writes(5, apis);
    const followers = [follower([second, third], "events"), follower([third], "events"), follower([second, third], "graphql"), follower([first], "graphql")];
    await writes(5, apis);
    const writing = writes(10, [first, third]);
    await second.kill("SIGKILL");
    await writing;
    for (const { positions } of followers) await eventually(async () => positions.length, (length) => length >= recorded.length);
    for (const { positions, end } of followers) {
      assert.deepEqual(positions, recorded);
      await end();
    }
  });

  it("export the same, whole or in two parts, from every process", async () => {
    const middle = recorded[7] ?? 0;
    for (const api of apis.filter((_, index) => index !== 1)) {
      assert.deepEqual(await exported(api, ""), recorded);
      assert.deepEqual([...(await exported(api, `until=${middle}`)), ...(await exported(api, `after=${middle}`))], recorded);
    }
  });

  it("and GraphQL's events find the same, page by page", async () => {
    const found: number[] = [];
    const [api] = apis;
    assert.ok(api);
    for (let cursor: string | null = null, more = true; more; ) {
      const { events }: z.infer<typeof Page> = await ask(api, page, { filter, cursor, position: recorded.at(-1) }, Page);
      found.push(...events.edges.map(({ node }) => node.position));
      [cursor, more] = [events.pageInfo.endCursor, events.pageInfo.hasNextPage];
    }
    assert.deepEqual(found, recorded);
  });
});
