import assert from "node:assert/strict";
import fc from "fast-check";
import type { LeasesSubject, OpenLeases } from "./subject.ts";

const owners = ["a", "b", "c"] as const;
const lifetimeMs = 30;

type Step =
  | { readonly kind: "acquire" | "renew" | "release"; readonly owner: number; readonly stale: boolean }
  | { readonly kind: "all" | "forget" }
  | { readonly kind: "pass"; readonly milliseconds: number };

const acts = fc.constantFrom("acquire", "acquire", "renew", "release");
const act = fc.record({ kind: acts, owner: fc.nat(owners.length - 1), stale: fc.boolean() });
const pass = fc.record({ kind: fc.constant("pass"), milliseconds: fc.constantFrom(1, 10, 40) });
const whole = fc.record({ kind: fc.constantFrom("all", "all", "forget") });
const steps: fc.Arbitrary<Step[]> = fc.array(fc.oneof(act, act, pass, whole), { minLength: 5, maxLength: 30 });

/** Whatever several owners do, in whatever order. */
export const schedulesConformance = (adapter: string, open: OpenLeases, numRuns = 15) =>
  describe(`${adapter} as Leases: any schedule`, () => {
    it("never has two leases of a name at a time, its tokens grow, and a stale token changes nothing", async () => {
      await using store = await open();
      let run = 0;
      const follows = fc.asyncProperty(steps, async (schedule) => {
        const witness = witnessOf(store, `name-${++run}`);
        for (const step of schedule) await witness(step);
      });
      await fc.assert(follows, { numRuns });
    });
  });

interface Lease {
  readonly owner: number;
  readonly token: number;
  /** It lives at least until then, unless it is given back or forgotten. */
  readonly until: number;
}

/** Does steps, and holds what comes of them against what is known for sure from outside. */
const witnessOf = (store: LeasesSubject, name: string) => {
  const known: { live: Lease | null; readonly leases: Lease[] } = { live: null, leases: [] };
  const processes = owners.map((owner) => ({ owner, leases: store.open() }));
  const since = () => store.now() + lifetimeMs;

  const acquire = async (asking: readonly number[]): Promise<void> => {
    const until = since();
    const asked = processes.map(async ({ owner, leases }, index) => ({
      owner: index,
      token: asking.includes(index) ? await leases.acquire(name, owner, lifetimeMs) : null,
    }));
    const given = (await Promise.all(asked)).flatMap(({ owner, token }) => (token === null ? [] : [{ owner, token, until }]));
    for (const lease of given.toSorted((a, b) => a.token - b.token)) {
      const { live } = known;
      assert.ok(live === null || live.owner === lease.owner || store.now() >= live.until, "two leases at a time");
      assert.ok(lease.token > (known.leases.at(-1)?.token ?? 0), "a token that does not grow");
      known.leases.push(lease);
      known.live = lease;
    }
  };

  const act = async (kind: "renew" | "release", owner: number, stale: boolean): Promise<void> => {
    const token = known.leases.filter((lease) => lease.owner === owner).at(stale ? -2 : -1)?.token ?? 1;
    const isLive = known.live?.token === token;
    const until = since();
    if (kind === "release") {
      await processes[owner]?.leases.release(name, token);
      if (isLive) known.live = null;
    } else if (await processes[owner]?.leases.renew(name, token, lifetimeMs)) {
      assert.ok(isLive, "renewed by a stale token");
      known.live = { owner, token, until };
    }
  };

  return async (step: Step): Promise<void> => {
    switch (step.kind) {
      case "acquire":
        return acquire([step.owner]);
      case "all":
        return acquire(processes.keys().toArray());
      case "pass":
        return store.pass(step.milliseconds);
      case "forget":
        await store.forget();
        known.live = null;
        return;
      case "renew":
      case "release":
        return act(step.kind, step.owner, step.stale);
    }
  };
};
