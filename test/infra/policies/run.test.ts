import assert from "node:assert/strict";
import { refuse } from "#domain/kernel/decider.ts";
import { ConcurrencyConflict, Unavailable } from "#domain/kernel/errors.ts";
import type { Cause } from "#domain/kernel/event.ts";
import { z } from "zod";
import { codec } from "#domain/kernel/codec.ts";
import { event } from "#domain/kernel/event.ts";
import type { Policy } from "#commands/policies/policy.ts";
import { type Policies, runPolicies, type RunningPolicies } from "#infra/policies/run.ts";
import type { Database } from "#projections/ports/sql.ts";
import { eventually, openDatabase } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";

const Ordered = event("Ordered", { item: z.string() });
const { decode, types } = codec("shop", z.discriminatedUnion("type", [Ordered]));
const ordered = (item: string, stream = "shop.order-1") => ({ type: "shop.Ordered.v1", stream, data: { item } });
const ignored = () => ({ type: "shop.Ignored.v1", data: {} });

/** When something was ordered, it is sent. */
const shipping = (ship: (item: string, cause: Cause) => Promise<unknown>): Policy<z.infer<typeof Ordered>> => ({
  name: "shipping",
  types,
  decode,
  react: ({ event: { item } }) => [(cause) => ship(item, cause)],
});

/** What a command with an idempotent receipt leaves: one parcel for each command id, however often it is sent. */
const warehouse = () => {
  const parcels = new Map<string, string>();
  const sent: string[] = [];
  const ship = async (item: string, { commandId }: Cause): Promise<void> => {
    sent.push(item);
    parcels.set(commandId, item);
  };
  return { ship, sent, parcels: () => [...parcels.values()].toSorted() };
};

let owners = 0;
const running = (more: Pick<RunningPolicies, "policies" | "log" | "database" | "leases"> & Partial<RunningPolicies>): Policies =>
  runPolicies({ owner: `policies-${++owners}`, ...more });
const answeredTo = (policies: Policies, position: number) => eventually(policies.status, ([status]) => status?.position === position);

describe("The runner of policies", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  beforeEach(async () => {
    opened = await openDatabase();
  });
  afterEach(() => opened[Symbol.asyncDispose]());

  it("answers what was there before it and what comes, and carries correlation and causation on", async () => {
    const log = scriptedLog();
    const causes: Cause[] = [];
    const [first] = log.write(ordered("one"), ignored());
    const policy = shipping(async (_, cause) => causes.push(cause));
    await using policies = running({ ...opened, log, policies: [policy] });
    await answeredTo(policies, 2);
    const [, second] = log.write(ignored(), ordered("two"));
    await answeredTo(policies, 4);
    assert.deepEqual(
      causes.map(({ causationId, correlationId, actor }) => ({ causationId, correlationId, actor })),
      [first, second].map((event) => ({ causationId: event?.id, correlationId: event?.correlationId, actor: "policy:shipping" })),
    );
  });

  it("sends again after a crash what was not yet checked off, under the same command ids", async () => {
    const log = scriptedLog();
    const { ship, sent, parcels } = warehouse();
    const items = Array.from({ length: 30 }, (_, index) => `item-${index}`).toSorted();
    {
      await using policies = running({ ...opened, log, policies: [shipping(ship)], database: losing(opened.database, 3) });
      log.write(...items.map((item) => ordered(item)));
      await answeredTo(policies, 30);
    }
    assert.equal(sent.length, 120);
    assert.deepEqual(parcels(), items);
  });

  it("answers nothing twice after a clean restart", async () => {
    const log = scriptedLog();
    const { ship, sent } = warehouse();
    for (let round = 1; round <= 3; round++) {
      log.write(ordered(`item-${round}`), ignored());
      await using policies = running({ ...opened, log, policies: [shipping(ship)] });
      await answeredTo(policies, 2 * round);
    }
    assert.deepEqual(sent, ["item-1", "item-2", "item-3"]);
  });

  it("works on several events at a time, on those of one stream in their order", async () => {
    const log = scriptedLog();
    let busy = 0;
    let most = 0;
    const finished: string[] = [];
    const ship = async (item: string) => {
      most = Math.max(most, ++busy);
      // The earlier of a stream take longer.
      await new Promise((resolve) => setTimeout(resolve, item.endsWith("-first") ? 30 : 1));
      busy--;
      finished.push(item);
    };
    const streams = Array.from({ length: 8 }, (_, index) => `shop.order-${index}`);
    log.write(...["first", "second"].flatMap((turn) => streams.map((stream) => ordered(`${stream}-${turn}`, stream))));
    await using policies = running({ ...opened, log, policies: [shipping(ship)], abreast: 4 });
    await answeredTo(policies, 16);
    assert.ok(most > 1 && most <= 4, `${most} at a time`);
    for (const stream of streams) assert.ok(finished.indexOf(`${stream}-first`) < finished.indexOf(`${stream}-second`));
  });

  it("sends a command again that met a conflict or a server that is away; a refusal is an answer", async () => {
    const log = scriptedLog();
    const outcomes = [
      () => Promise.reject(new ConcurrencyConflict("shop.order-1", 1, 2)),
      () => Promise.reject(new Unavailable("log")),
      async () => refuse("OUT_OF_STOCK", "There is none left."),
    ];
    let tries = 0;
    const ship = () => outcomes[tries++]?.() ?? Promise.reject(new Error("asked too often"));
    await using policies = running({ ...opened, log, policies: [shipping(ship)] });
    log.write(ordered("one"));
    const [status] = await answeredTo(policies, 1);
    assert.deepEqual([tries, status?.state], [3, "running"]);
  });

  it("stops one policy alone at a defect, with everything before it checked off, and tries again after a restart", async () => {
    const log = scriptedLog();
    const { ship, parcels } = warehouse();
    let broken = true;
    const fragile: Policy<z.infer<typeof Ordered>> = {
      ...shipping(ship),
      name: "fragile",
      react: ({ event: { item } }) => [(cause) => (item === "bad" && broken ? Promise.reject(new Error("no such luck")) : ship(item, cause))],
    };
    const told: string[] = [];
    log.write(ordered("a"), ordered("b"), ordered("bad"), ordered("c"));
    {
      const stopped = (name: string, error: string) => told.push(`${name}: ${error}`);
      await using policies = running({ ...opened, log, policies: [fragile, shipping(ship)], stopped });
      const [first, second] = await eventually(policies.status, ([first, second]) => first?.state === "stopped" && second?.position === 4);
      assert.deepEqual([first?.position, first?.failedPosition, first?.error, first?.lag], [2, 3, "no such luck", 2]);
      assert.equal(second?.state, "running");
      assert.deepEqual(told, ["fragile: no such luck"]);
    }
    broken = false;
    await using again = running({ ...opened, log, policies: [fragile] });
    await answeredTo(again, 4);
    assert.deepEqual(parcels(), ["a", "a", "b", "b", "bad", "bad", "c", "c"]);
  });

  it("tries again by itself at what it could not answer, more and more seldom", async () => {
    const log = scriptedLog();
    const { ship, parcels } = warehouse();
    let tries = 0;
    const fragile = shipping((item, cause) => (++tries < 4 ? Promise.reject(new Error(`no luck ${tries}`)) : ship(item, cause)));
    const told: string[] = [];
    await using policies = running({ ...opened, log, policies: [fragile], restMs: [1, 20], stopped: (_, error) => told.push(error) });
    log.write(ordered("a"));
    const [status] = await answeredTo(policies, 1);
    assert.deepEqual([status?.state, status?.error, status?.failedPosition], ["running", null, null]);
    assert.deepEqual(told, ["no luck 1", "no luck 2", "no luck 3"]);
    assert.deepEqual(parcels(), ["a"]);
  });

  it("has one owner at a time across processes", async () => {
    const log = scriptedLog();
    const { ship, sent } = warehouse();
    await using one = running({ ...opened, log, policies: [shipping(ship)] });
    await using other = running({ ...opened, log, policies: [shipping(ship)] });
    for (let round = 1; round <= 20; round++) {
      log.write(ordered(`item-${round}`));
      await answeredTo(round % 2 ? one : other, round);
    }
    assert.equal(sent.length, 20);
  });
});

/** A database that loses the connection when a checkpoint is about to move, so many times. */
const losing = (database: Database, times: number): Database => {
  let left = times;
  return {
    ...database,
    query: async (statement) => {
      if (statement.name === "policies_move" && left-- > 0) throw new Unavailable("read models");
      return database.query<never>(statement);
    },
  };
};
