import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type LinkType, linkTypes } from "#domain/graph/kinds.ts";
import type { Stretch } from "#projections/kernel/keyset.ts";
import type { PagedWalks, Walks, Way } from "#projections/graph/walks.ts";
import { type LinkRow, mostNodes } from "./link-histories.ts";
import { isWay, naiveWalks } from "./naive-walks.ts";

export type SomeWay = Way & { readonly start: number; readonly end: number };

export const someWays: fc.Arbitrary<SomeWay[]> = fc.array(
  fc.record({
    start: fc.nat(mostNodes + 2),
    end: fc.nat(mostNodes - 1),
    direction: fc.constantFrom("out", "in", "both"),
    types: fc.constantFrom<LinkType[]>([...linkTypes], ["built-from"], ["depends-on", "affects"]),
    asOf: fc.constant(null),
    atLeast: fc.constant(0),
    depth: fc.constantFrom(null, null, 1, 2, 3),
    limit: fc.constantFrom(1000, 1000, 1, 3),
  }),
  { minLength: 1, maxLength: 3 },
);

/** What a closure gives, to be compared; the position is not part of what was asked. */
export const plain = async (walks: Walks, way: Parameters<Walks["closure"]>[0]) => {
  const { numbers, levels, truncated } = await walks.closure(way);
  return { numbers: Array.from(numbers), levels, truncated };
};

/** The same answers as the history gives when it is read row by row. */
export const agrees = async (walks: Walks, rows: readonly LinkRow[], way: SomeWay): Promise<void> => {
  const naive = naiveWalks(rows, 0);
  assert.deepEqual(await plain(walks, way), await plain(naive, way));
  const far = { ...way, limit: 1000 };
  const [found, known] = [await walks.path(far), await naive.path(far)];
  assert.equal(found.numbers?.length, known.numbers?.length);
  assert.equal(found.truncated, false);
  assert.ok(found.numbers === null || (found.numbers[0] === way.start && found.numbers.at(-1) === way.end && isWay(rows, way, found.numbers)));
};

const someKey = fc.option(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(mostNodes)));

export const someStretch: fc.Arbitrary<Stretch> = fc.record({ after: someKey, before: someKey, limit: fc.constantFrom(0, 1, 3, 50), backward: fc.boolean() });

/** The same stretch of the same answer as one cuts out of all of it. */
export const agreesOnPage = async (walks: PagedWalks, rows: readonly LinkRow[], way: SomeWay, stretch: Stretch): Promise<void> => {
  const { numbers, levels, truncated, position } = await naiveWalks(rows, 0).closure(way);
  const depths = levels.flatMap((count, level) => Array.from({ length: count }, () => level + 1));
  const { after, before, limit, backward } = stretch;
  const all = Array.from(numbers, (number, place) => ({ number, depth: depths[place] ?? 0 }));
  const within = all.filter((step) => (after === null || isBehind(step, after)) && (before === null || isBefore(step, before)));
  const cut = backward ? within.slice(Math.max(0, within.length - limit)) : within.slice(0, limit);
  const { whole, ...page } = await walks.page(way, stretch);
  assert.deepEqual({ ...page, ...(await whole) }, { rows: cut, more: within.length > cut.length, count: numbers.length, levels, truncated, position });
};

const isBehind = ({ depth, number }: { readonly depth: number; readonly number: number }, [far, node]: readonly unknown[]): boolean => depth > Number(far) || (depth === far && number > Number(node));
const isBefore = ({ depth, number }: { readonly depth: number; readonly number: number }, [far, node]: readonly unknown[]): boolean => depth < Number(far) || (depth === far && number < Number(node));
