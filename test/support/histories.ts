import * as fc from "fast-check";
import type { Settings } from "#domain/trust/events.ts";
import type { Target } from "#domain/trust/target.ts";
import { publisher, settingsOf } from "./publisher.ts";

/** Names that clients have been seen to stumble over, and plain ones. */
const paths = [
  "a", "b", "c.txt", "dir/d", "dir/e f", "1", "10", "9", "constructor.js", "dir/toString", "ä", "e\u0301", "漢字", "！full",
  "\ue000private", "q\"uote", "<x>&amp;", "a b", "dir.d", "dir/d2", "Z", "~", "{}", "bins-0", "snapshot.json",
];

const target = fc.record({
  path: fc.constantFrom(...paths),
  length: fc.integer({ min: 0, max: 3 }),
  hashes: fc.constantFrom("0", "f").map((digit) => ({ sha256: digit.repeat(64) })),
  custom: fc.constantFrom({ note: "line\nfeed \"q\" \\ \u0001\u001f" }, { "\uff01": [1, { b: null, a: true }], z: "😀" }),
}, { requiredKeys: ["path", "length", "hashes"] });

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: fc.uniqueArray(target, { minLength: 1, maxLength: 6, selector: ({ path }) => path }) }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.uniqueArray(fc.constantFrom(...paths), { minLength: 1, maxLength: 2 }) }) },
  // A publication may cover less than everything: somebody added while it was being signed.
  { weight: 3, arbitrary: fc.record({ publishAfter: fc.integer({ min: 0, max: 200 * 86_400 }), leaving: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ publishAfter: fc.integer({ min: 0, max: 90_000 }), leaving: fc.constant(0) }) },
);
export type Step = { add: Target[] } | { remove: string[] } | { publishAfter: number; leaving: number };

export const someSettings: fc.Arbitrary<Settings> = fc
  .record({ bins: fc.constantFrom(2, 4, 8, 32), binForm: fc.constantFrom("succinct" as const, "explicit" as const) })
  .map(settingsOf);

export const someSteps = (maxLength: number): fc.Arbitrary<Step[]> => fc.array(step, { minLength: 1, maxLength });

/** The publisher after these steps; begins now, so that a real client finds nothing expired. */
export const carriedOut = async (settings: Settings, steps: readonly Step[], begin: number) => {
  const demo = await publisher(settings, begin);
  const forRepository = { repository: "demo", task: null };
  let now = begin;
  for (const taken of steps)
    if ("add" in taken) demo.change({ type: "AddTargets", targets: taken.add, ...forRepository });
    else if ("remove" in taken) demo.change({ type: "RemoveTargets", paths: taken.remove, ...forRepository });
    else {
      now += taken.publishAfter * 1000;
      await demo.publish(now, demo.history().targets.length - 1 - taken.leaving);
    }
  return { ...demo, now };
};
