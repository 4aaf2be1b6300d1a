import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { byteCache } from "#api/rest/byte-cache.ts";

const kilobyte = Buffer.alloc(1024);

const counting = (limit: number) => {
  const loads: string[] = [];
  const cache = byteCache<Buffer>(limit, (value) => value.length);
  const ask = (key: string) =>
    cache.remember(key, () => {
      loads.push(key);
      return Promise.resolve(kilobyte);
    });
  return { cache, loads, ask };
};

describe("a cache bounded by bytes", () => {
  it("loads a value once, however many ask for it at once", async () => {
    const { loads, ask } = counting(10_000);
    await Promise.all([ask("a"), ask("a"), ask("a")]);
    await ask("a");
    assert.deepEqual(loads, ["a"]);
  });

  it("never keeps more than its limit, and forgets first what was asked for longest ago", async () => {
    const { cache, loads, ask } = counting(4000);
    for (const key of ["a", "b", "a", "c", "a", "b"]) {
      await ask(key);
      assert.ok(cache.bytes() <= 4000);
    }
    assert.deepEqual(loads, ["a", "b", "c", "b"]);
  });

  it("passes on what is larger than itself, and keeps the others", async () => {
    const { cache, loads, ask } = counting(2000);
    await ask("a");
    assert.equal(await cache.remember("large", () => Promise.resolve(Buffer.alloc(5000))).then((value) => value?.length), 5000);
    await ask("a");
    assert.deepEqual(loads, ["a"]);
  });

  it("asks again for what was not there, and after an error", async () => {
    const { cache, loads, ask } = counting(10_000);
    assert.equal(await cache.remember("a", () => Promise.resolve(null)), null);
    await assert.rejects(cache.remember("a", () => Promise.reject(new Error("away"))), /away/);
    await assert.rejects(
      cache.remember("a", () => {
        throw new Error("at once");
      }),
      /at once/,
    );
    await ask("a");
    assert.deepEqual(loads, ["a"]);
  });
});
