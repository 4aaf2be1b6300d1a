import assert from "node:assert/strict";
import type { Leases } from "#commands/ports/leases.ts";
import type { LeasesSubject, OpenLeases } from "./subject.ts";

const longMs = 60_000;

/** A test with an empty store and three processes on it. */
const withStore = (open: OpenLeases, work: (store: LeasesSubject, processes: readonly [Leases, Leases, Leases]) => Promise<void>) => async () => {
  await using store = await open();
  await work(store, [store.open(), store.open(), store.open()]);
};

const given = (token: number | null): number => {
  assert.notEqual(token, null);
  return token ?? 0;
};

/** What every store of leases must do, whichever technology keeps them. */
export const holdingConformance = (adapter: string, open: OpenLeases) =>
  describe(`${adapter} as Leases: holding`, () => {
    it(
      "gives a name to one owner, and to another when it is given back",
      withStore(open, async (_, [one, other]) => {
        const token = given(await one.acquire("it", "one", longMs));
        assert.equal(await other.acquire("it", "other", longMs), null);
        await one.release("it", token);
        assert.ok(given(await other.acquire("it", "other", longMs)) > token);
      }),
    );

    it(
      "gives a name to exactly one of many who ask at once",
      withStore(open, async (_, [one, other, third]) => {
        const asked = Array.from({ length: 30 }, (_, index) => ([one, other, third][index % 3] ?? one).acquire("it", `owner-${index}`, longMs));
        assert.equal((await Promise.all(asked)).filter((token) => token !== null).length, 1);
      }),
    );

    it(
      "gives a name to another when its lifetime is over, unless it is renewed",
      withStore(open, async (store, [one, other]) => {
        // Long enough for a machine that is busy to renew in time.
        const kept = given(await one.acquire("kept", "one", 2000));
        const left = given(await one.acquire("left", "one", 300));
        for (let round = 0; round < 5; round++) {
          await store.pass(500);
          assert.equal(await one.renew("kept", kept, 2000), true);
        }
        assert.equal(await other.acquire("kept", "other", 2000), null);
        assert.ok(given(await other.acquire("left", "other", 300)) > left);
      }),
    );

    it(
      "gives a name to its owner at once, with a new token; the old one is good for nothing",
      withStore(open, async (_, [one, again, other]) => {
        const old = given(await one.acquire("it", "same", longMs));
        const token = given(await again.acquire("it", "same", longMs));
        assert.ok(token > old);
        assert.equal(await one.renew("it", old, longMs), false);
        await one.release("it", old);
        assert.equal(await other.acquire("it", "other", longMs), null);
        assert.equal(await again.renew("it", token, longMs), true);
      }),
    );

    it(
      "does not renew what has run out, was given back or was never there",
      withStore(open, async (store, [one]) => {
        const released = given(await one.acquire("released", "one", longMs));
        await one.release("released", released);
        assert.equal(await one.renew("released", released, longMs), false);
        const over = given(await one.acquire("over", "one", 20));
        await store.pass(40);
        assert.equal(await one.renew("over", over, longMs), false);
        assert.equal(await one.renew("unheard of", 1, longMs), false);
        await one.release("unheard of", 1);
      }),
    );

    it(
      "gives a token above the one that was asked for, and goes on from there",
      withStore(open, async (_, [one, other]) => {
        const far = Math.round(Date.now() * 1000) + 3_600_000_000;
        const token = given(await one.acquire("it", "one", longMs, far));
        assert.ok(token > far);
        await one.release("it", token);
        assert.ok(given(await other.acquire("it", "other", longMs)) > token);
      }),
    );

    it(
      "gives tokens that are exact, and higher ones after it has lost everything",
      withStore(open, async (store, [one, other]) => {
        const tokens = [given(await one.acquire("it", "one", longMs))];
        for (let round = 0; round < 5; round++) {
          await store.forget();
          tokens.push(given(await (round % 2 ? one : other).acquire("it", `owner-${round}`, longMs)));
        }
        assert.ok(tokens.every(Number.isSafeInteger));
        assert.deepEqual(tokens, [...new Set(tokens)].toSorted((a, b) => a - b));
      }),
    );

    it(
      "says of many names which are held",
      withStore(open, async (store, [one, other]) => {
        await one.acquire("held", "one", longMs);
        await one.acquire("over", "one", 20);
        await one.release("released", given(await one.acquire("released", "one", longMs)));
        await store.pass(40);
        assert.deepEqual([...(await other.held(["over", "held", "released", "unheard of"]))], ["held"]);
        assert.deepEqual([...(await other.held([]))], []);
      }),
    );
  });
