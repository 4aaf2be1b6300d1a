import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { sharedReads } from "#api/rest/shared-reads.ts";

/** A read that ends when the test says so. */
const scripted = () => {
  const begun: PromiseWithResolvers<string>[] = [];
  const read = () => {
    const running = Promise.withResolvers<string>();
    begun.push(running);
    return running.promise;
  };
  return { begun, read };
};

describe("Reads that many share", () => {
  it("begin after they were asked for: a read that is running is for nobody else", async () => {
    const { begun, read } = scripted();
    const shared = sharedReads<string>();
    const first = shared("a", read);
    const later = [shared("a", read), shared("a", read), shared("a", read)];
    begun[0]?.resolve("old");
    assert.equal(await first, "old");
    await nextTurn();
    assert.equal(begun.length, 2);
    begun[1]?.resolve("new");
    assert.deepEqual(await Promise.all(later), ["new", "new", "new"]);
    assert.equal(begun.length, 2);
  });

  it("are not kept: whoever comes afterwards reads again", async () => {
    const { begun, read } = scripted();
    const shared = sharedReads<string>();
    const first = shared("a", read);
    begun[0]?.resolve("one");
    await first;
    await nextTurn();
    const second = shared("a", read);
    begun[1]?.resolve("two");
    assert.equal(await second, "two");
  });

  it("go on after one that failed, which fails for those alone who shared it", async () => {
    const { begun, read } = scripted();
    const shared = sharedReads<string>();
    const [first, second] = [shared("a", read), shared("a", read)];
    begun[0]?.reject(new Error("no"));
    await assert.rejects(first, /no/);
    await nextTurn();
    begun[1]?.resolve("yes");
    assert.equal(await second, "yes");
  });

  it("of one key do not wait for those of another", () => {
    const { begun, read } = scripted();
    const shared = sharedReads<string>();
    void shared("a", read);
    void shared("b", read);
    assert.equal(begun.length, 2);
  });
});
