import assert from "node:assert/strict";
import { recentMemos } from "#commands/kernel/memos.ts";

/** What is left of states that weigh what they say, where there is room for ten. */
const memos = (states: readonly (readonly [string, number])[]) => {
  const kept = recentMemos<number>({ capacity: 10, weigh: (state) => state });
  for (const [stream, state] of states) kept.set(stream, { state, revision: 0, position: 1 });
  return (...streams: string[]) => streams.map((stream) => kept.get(stream)?.state);
};

describe("Memos", () => {
  it("keep what was used last, as much as there is room for", () => {
    const get = memos([["a", 4], ["b", 4], ["a", 5], ["c", 3]]);
    assert.deepEqual(get("a", "b", "c"), [5, undefined, 3]);
  });

  it("keep the last one however large it is, and nothing beside it", () => {
    assert.deepEqual(memos([["a", 1], ["b", 99]])("a", "b"), [undefined, 99]);
    assert.deepEqual(memos([["b", 99], ["a", 1]])("a", "b"), [1, undefined]);
  });
});
