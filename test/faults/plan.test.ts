import assert from "node:assert/strict";
import * as fc from "fast-check";
import { planOf } from "./plan.ts";

const groups = ["postgres", "redis", "kafka"] as const;
const isServer = (victim: string) => groups.some((group) => group === victim);

describe("The plan of faults", () => {
  it("is the same for the same seed, and another for another", () => {
    assert.deepEqual(planOf(7, 60, groups), planOf(7, 60, groups));
    assert.notDeepEqual(planOf(7, 60, groups), planOf(8, 60, groups));
  });

  it("disturbs one server at a time, and lets everything heal before the end", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 5, max: 120 }), (seed, seconds) => {
        const plan = planOf(seed, seconds, groups);
        for (const lane of [plan.filter(({ victim }) => isServer(victim)), plan.filter(({ victim }) => !isServer(victim))]) {
          assert.ok(lane.length > 0);
          for (const [index, { at, ms }] of lane.entries()) assert.ok(at + ms <= (lane[index + 1]?.at ?? seconds * 1000));
        }
      }),
    );
  });

  it("has every kind of fault in ten minutes", () => {
    assert.equal(new Set(planOf(1, 600, groups).map(({ deed, victim }) => `${deed} ${victim}`)).size, 18 + 3 * 6);
  });
});
