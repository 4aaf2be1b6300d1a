import assert from "node:assert/strict";
import { z } from "zod";
import { subscribed } from "#test/support/graphql/subscribe.ts";
import { ask, positionsOf } from "#test/support/graphql.ts";
import { eventually } from "#test/support/projecting.ts";
import { add, bootstrap, settled } from "#test/support/publishing.ts";
import { redisProgram, startRedis, type TestRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";

const Readiness = z.object({ ready: z.boolean(), missing: z.array(z.string()), degraded: z.array(z.string()) });
const Status = z.object({ status: z.object({ degraded: z.array(z.string()), log: z.object({ head: z.int() }) }) });
const Seen = z.object({ data: z.object({ events: z.object({ position: z.int() }) }) });

const readiness = async ({ url }: TestWaybill) => {
  const response = await fetch(`${url}/readyz`);
  return { http: response.status, ...Readiness.parse(await response.json()) };
};
const statusOf = async (waybill: TestWaybill) => (await ask(waybill, "{ status { degraded log { head } } }", {}, Status)).status;
const whenDegraded = (waybill: TestWaybill, is: boolean) => eventually(() => readiness(waybill), ({ degraded }) => degraded.length > 0 === is);

/** Positions as a subscriber from the very beginning sees them. */
const follow = (waybill: TestWaybill, signal: AbortSignal): number[] => {
  const positions: number[] = [];
  const read = async () => {
    const body = { query: "subscription { events(after: 0) { position } }" };
    for await (const message of subscribed({ url: `${waybill.url}/graphql` }, waybill.token, body, signal)) positions.push(Seen.parse(message).data.events.position);
  };
  read().catch(() => undefined);
  return positions;
};

whenThere("redis", redisProgram, () =>
  describe("A Waybill whose Redis goes away", () => {
    let redis: TestRedis;
    let waybill: TestWaybill;
    const ending = new AbortController();

    before(async () => {
      redis = await startRedis();
      waybill = await startWaybill({ environment: { REDIS_URL: redis.url } });
      await bootstrap(waybill, "demo", 4);
    });
    after(async () => {
      ending.abort();
      await waybill[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    });

    it("is degraded and goes on, and says when Redis is back", async () => {
      assert.deepEqual(await whenDegraded(waybill, false), { http: 200, ready: true, missing: [], degraded: [] });
      await redis.kill();
      const { http, ready, degraded } = await whenDegraded(waybill, true);
      assert.deepEqual([http, ready, degraded.length], [200, true, 1]);
      assert.match(degraded[0] ?? "", /^redis: ./);
      assert.deepEqual((await statusOf(waybill)).degraded.map((what) => what.slice(0, 6)), ["redis:"]);
      await add(waybill, "demo", ["without"]);
      await settled(waybill, "demo");
      await redis.start();
      await whenDegraded(waybill, false);
      // It says so on its own way, which may take longer than an answer.
      const said = async () => [...waybill.output().matchAll(/"message":"(no longer )?degraded"/g)].map(([, back]) => back ?? "");
      const all = await eventually(said, (lines) => lines.at(-1) === "no longer ");
      assert.deepEqual(all, all.map((_, index) => (index % 2 ? "no longer " : "")));
    });

    it("keeps its subscribers: they see every event once, in order, while Redis comes, sleeps and goes", async () => {
      const positions = follow(waybill, ending.signal);
      for (const trouble of [() => undefined, redis.pause, redis.resume, redis.kill, redis.start]) {
        await Promise.resolve(trouble());
        await add(waybill, "demo", [`file-${crypto.randomUUID()}`]);
        const { log } = await statusOf(waybill);
        await eventually(async () => positions.at(-1) ?? 0, (position) => position >= log.head);
      }
      // The worker may go on: everything that is there now, of what comes to it meanwhile.
      const all = await positionsOf(waybill);
      const last = all.at(-1) ?? 0;
      await eventually(async () => positions.at(-1) ?? 0, (position) => position >= last);
      assert.deepEqual(positions.filter((position) => position <= last), all);
    });

    it("starts without it", async () => {
      await redis.kill();
      await waybill.kill("SIGTERM");
      await waybill.start({ environment: { REDIS_URL: redis.url } });
      const { ready, degraded } = await whenDegraded(waybill, true);
      assert.deepEqual([ready, degraded.length], [true, 1]);
      await redis.start();
      await whenDegraded(waybill, false);
    });
  }),
);
