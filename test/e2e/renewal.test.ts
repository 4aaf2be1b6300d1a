import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ask } from "#test/support/graphql.ts";
import { add, bootstrap, contentOf, settled } from "#test/support/publishing.ts";
import { tufClients } from "#test/support/tuf-client.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";

const hour = 3_600_000;
const day = 24 * hour;
const main = "test/support/ahead-main.ts";

const Roles = z.object({ repository: z.object({ roles: z.array(z.object({ role: z.string(), version: z.int(), expires: z.iso.datetime().transform(Date.parse) })) }) });
type Role = z.infer<typeof Roles>["repository"]["roles"][number];

const rolesOf = async (waybill: TestWaybill): Promise<ReadonlyMap<string, Role>> => {
  const { repository } = await ask(waybill, "{ repository(name: \"demo\") { roles { role version expires } } }", {}, Roles);
  return new Map(repository.roles.map((role) => [role.role, role]));
};

/** Resolves when the role has this version or a later one. */
const published = async (waybill: TestWaybill, role: string, version: number): Promise<ReadonlyMap<string, Role>> => {
  for (;;) {
    const roles = await rolesOf(waybill);
    if ((roles.get(role)?.version ?? 0) >= version) return roles;
    await sleep(20);
  }
};

const allLive = (roles: ReadonlyMap<string, Role>, now: number): void => {
  for (const { role, version, expires } of roles.values()) assert.ok(expires > now, `${version}.${role} expired ${new Date(expires).toISOString()}`);
};

const environment = (aheadMs: number) => ({ CLOCK_AHEAD_MS: String(aheadMs), WAYBILL_RENEWAL_INTERVAL_MS: "50" });

describe("Renewal", () => {
  let waybill: TestWaybill;
  let clients: Awaited<ReturnType<typeof tufClients>>;

  before(async () => {
    waybill = await startWaybill({ main, environment: environment(0) });
    clients = await tufClients(() => `${waybill.url}/tuf/demo`);
    await bootstrap(waybill, "demo", 4);
    await add(waybill, "demo", ["first"]);
    await settled(waybill, "demo");
  });
  after(async () => {
    await clients[Symbol.asyncDispose]();
    await waybill[Symbol.asyncDispose]();
  });

  it("comes by itself before anything expires, day after day", async () => {
    const client = await clients.cold();
    assert.equal(await client.fetch("first"), contentOf("first"));
    let roles = await rolesOf(waybill);
    const begun = roles;
    for (let jumps = 1; jumps <= 10; jumps++) {
      const now = Date.now() + jumps * 13 * hour;
      allLive(roles, now);
      process.kill(waybill.pid, "SIGUSR2");
      roles = await published(waybill, "timestamp", (roles.get("timestamp")?.version ?? 0) + 1);
      assert.ok((roles.get("timestamp")?.expires ?? 0) > now + 23 * hour);
    }
    assert.equal(await client.fetch("first"), contentOf("first"));
    // In five days and a half the snapshot has had its turn, and nothing that lives longer.
    const renewed = [...roles.values()].filter(({ role, version }) => version > (begun.get(role)?.version ?? 0)).map(({ role }) => role);
    assert.deepEqual(renewed.toSorted(), ["snapshot", "timestamp"]);
  });

  it("catches up with everything that fell due while Waybill was stopped", async () => {
    const old = await clients.cold();
    await old.refresh();
    const before = await rolesOf(waybill);
    await waybill.kill("SIGTERM");
    const aheadMs = 100 * day;
    await waybill.start({ main, environment: environment(aheadMs) });
    allLive(await published(waybill, "bins-0", (before.get("bins-0")?.version ?? 0) + 1), Date.now() + aheadMs);
    for (const client of [old, await clients.cold()]) assert.equal(await client.fetch("first"), contentOf("first"));
  });
});
