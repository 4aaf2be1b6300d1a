import assert from "node:assert/strict";
import { binNames } from "#domain/trust/bins.ts";
import type { Settings } from "#domain/trust/events.ts";
import { binsOf, dueRoles, nextDue, planPublication } from "#domain/trust/publication.ts";
import type { Repository } from "#domain/trust/repository.ts";
import { publisher, settingsOf } from "#test/support/publisher.ts";

const begin = Date.parse("2026-11-01T12:00:00Z");
const day = 86_400_000;
const fresh = async (changes?: Partial<Settings>) => (await publisher(settingsOf(changes), begin)).state();
const planned = (repository: Repository, now: number, touched: readonly string[] = [], covers = -1) =>
  planPublication(repository, { covers, touched }, now).files.map(({ role, version }) => `${version}.${role}`);

/** As if it had been signed and recorded. */
const carriedOut = (repository: Repository, now: number): Repository => ({
  ...repository,
  roles: new Map([
    ...repository.roles,
    ...planPublication(repository, { covers: -1, touched: [] }, now).files.map(({ role, version, expires }) => [role, { version, expires: Date.parse(expires) }] as const),
  ]),
});

describe("plan of a publication", () => {
  it("has nothing to do where nothing is pending and nothing is due", async () => assert.deepEqual(planned(await fresh(), begin), []));
  it("goes from what is named to what names it", async () =>
    assert.deepEqual(planned(await fresh(), begin, ["bins-3", "bins-0"], 0), ["2.bins-0", "2.bins-3", "2.snapshot", "2.timestamp"]));
  it("needs a timestamp to cover changes of which nothing is left", async () => assert.deepEqual(planned(await fresh(), begin, [], 5), ["2.timestamp"]));
  it("renews the timestamp alone when half of its life is gone", async () => {
    assert.deepEqual(planned(await fresh(), begin + day / 2 - 1000), []);
    assert.deepEqual(planned(await fresh(), begin + day / 2), ["2.timestamp"]);
  });
  it("renews the snapshot, and with it the timestamp, when half of its life is gone", async () =>
    assert.deepEqual(planned(await fresh(), begin + 3.5 * day), ["2.snapshot", "2.timestamp"]));
  it("renews targets when half of their life is gone, beside what else is due", async () =>
    assert.deepEqual(planned(await fresh({ bins: 2 }), begin + 183 * day), ["2.bins-0", "2.bins-1", "2.targets", "2.snapshot", "2.timestamp"]));
  it("renews what expired long ago", async () => assert.equal(planned(await fresh(), begin + 4000 * day).length, 7));
  it("takes along what is due", async () => {
    const repository = await fresh();
    const due = dueRoles(repository, begin + 40 * day).filter((role) => role.startsWith("bins-"));
    assert.deepEqual(binsOf(planPublication(repository, { covers: 1, touched: ["bins-0"] }, begin + 40 * day)), [...new Set(["bins-0", ...due])].sort());
  });
  it("is a defect for a bin that does not exist", async () => {
    const repository = await fresh();
    assert.throws(() => planned(repository, begin, ["bins-4"]), /bins-4: no such roles/);
  });
  it("gives whole seconds in UTC as the end", async () => {
    const { files } = planPublication(await fresh(), { covers: 1, touched: [] }, begin + 999);
    assert.deepEqual(files, [{ role: "timestamp", version: 2, expires: "2026-11-02T12:00:00Z" }]);
  });
});

describe("renewal", () => {
  it("tells when the next role falls due, and nothing is due before", async () => {
    const repository = await fresh();
    assert.equal(nextDue(repository), begin + day / 2);
    assert.deepEqual(dueRoles(repository, nextDue(repository) - 1), []);
    assert.deepEqual(dueRoles(repository, nextDue(repository)), ["timestamp"]);
  });

  it("is due at once where a role was never published", async () => assert.equal(nextDue({ ...(await fresh()), roles: new Map() }), -Infinity));

  it("spreads bins, so that a year of it never renews more than 1 in 16 at once, and none lives for less than half of its life", async () => {
    const settings = settingsOf({ bins: 256 });
    let repository = await fresh({ bins: 256 });
    for (let now = nextDue(repository); now < begin + 365 * day; now = nextDue(repository)) {
      const bins = dueRoles(repository, now).filter((role) => role.startsWith("bins-"));
      assert.ok(bins.length <= 16, `${bins.length} at once`);
      repository = carriedOut(repository, now);
      for (const bin of bins) assert.ok((repository.roles.get(bin)?.expires ?? 0) - now > (settings.expires.bins * 1000) / 2);
    }
    for (const bin of binNames(settings)) assert.ok((repository.roles.get(bin)?.version ?? 0) >= 8, bin);
  });
});
