import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { turns } from "#commands/kernel/turns.ts";

describe("Turns", () => {
  it("go one after the other per key, in the order of asking, a failure included", async () => {
    const inTurn = turns();
    const seen: string[] = [];
    const work = (name: string, ms: number, fails = false) => async () => {
      seen.push(`${name} begins`);
      await sleep(ms);
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
    const answers = await Promise.allSettled([inTurn("k", work("a", 5, true)), inTurn("k", work("b", 1)), inTurn("other", work("c", 0))]);
    assert.deepEqual(seen.filter((line) => !line.startsWith("c")), ["a begins", "a ends", "b begins", "b ends"]);
    assert.ok(seen.indexOf("c ends") < seen.indexOf("a ends"));
    assert.deepEqual(answers.map(({ status }) => status), ["rejected", "fulfilled", "fulfilled"]);
  });
});
