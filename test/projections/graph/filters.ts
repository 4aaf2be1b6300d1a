import fc from "fast-check";
import type { Value } from "#domain/graph/events.ts";
import type { Kind } from "#domain/graph/kinds.ts";
import type { AttributeFilter, NodeFilter, TextFilter } from "#projections/graph/filter.ts";
import { wordsOf } from "#projections/graph/words.ts";
import { keys } from "./history.ts";
import type { Naive } from "./naive.ts";

const value: fc.Arbitrary<Value> = fc.oneof(fc.constantFrom("red", "Red wine", "blue"), fc.integer({ min: -2, max: 12 }), fc.boolean(), fc.constant(["red"]));
const bound = fc.oneof(fc.integer({ min: -2, max: 12 }), fc.constantFrom("Red", "blue", "red"));

const attribute: fc.Arbitrary<AttributeFilter> = fc.record(
  {
    name: fc.constantFrom("colour", "size", "integrity"),
    in: fc.array(value, { maxLength: 2 }),
    contains: fc.constantFrom("red", "e", "x"),
    prefix: fc.constantFrom("r", "Red"),
    lt: bound,
    lte: bound,
    gt: bound,
    gte: bound,
  },
  { requiredKeys: ["name"] },
);

const text: fc.Arbitrary<TextFilter> = fc.record({ in: fc.subarray([...keys], { maxLength: 3 }), prefix: fc.constantFrom("pkg:", "sha256:a"), contains: fc.constantFrom("lib", "ba") }, { requiredKeys: [] });

const part: fc.Arbitrary<NodeFilter> = fc.oneof(
  fc.constantFrom<Kind[]>(["image"], ["artifact"], ["package", "version"], ["sbom", "build"]).map((kind) => ({ kind })),
  text.map((key) => ({ key })),
  fc.constantFrom("ci", "syft").map((source) => ({ source: { in: [source] } })),
  attribute.map((one) => ({ attribute: one })),
  fc.constantFrom("bash", "lib", "red", "bash amd", "win red", "nothing").map((words) => ({ text: words })),
);

export const filters: fc.Arbitrary<NodeFilter> = fc.oneof(
  part,
  part.map((not) => ({ not })),
  fc.array(part, { maxLength: 3 }).map((and) => ({ and })),
  fc.array(part, { maxLength: 3 }).map((or) => ({ or })),
  fc.tuple(part, part).map(([one, other]) => Object.assign({}, one, { not: other })),
);

export const naiveFilter = (naive: Naive, key: string, filter: NodeFilter): boolean => {
  const node = naive.nodes.get(key);
  const said = [...naive.attributes.values()].map(({ holds }) => holds).filter((one) => one.key === key);
  const words = new Set([...wordsOf(key), ...said.flatMap(({ value }) => wordsOf(typeof value === "string" ? value : Array.isArray(value) ? value.join(" ") : ""))]);
  const { and = [], or, not, kind, key: named, source, attribute: of, text: wanted } = filter;
  return (
    and.every((one) => naiveFilter(naive, key, one)) &&
    (!or || or.some((one) => naiveFilter(naive, key, one))) &&
    (!not || !naiveFilter(naive, key, not)) &&
    (!kind || (node !== undefined && kind.includes(node.kind))) &&
    (!named || textHolds(key, named)) &&
    (!source || [...naive.claims.values()].some(({ holds }) => holds.key === key && textHolds(holds.source, source))) &&
    (!of || said.some(({ name, value: one }) => name === of.name && valueHolds(one, of))) &&
    (wanted === undefined || wordsOf(wanted).every((word) => [...words].some((one) => one.startsWith(word))))
  );
};

const textHolds = (text: string, { in: among, prefix = "", contains = "" }: TextFilter): boolean =>
  (!among || among.includes(text)) && text.startsWith(prefix) && text.includes(contains);

const valueHolds = (value: Value, { in: among, contains, prefix, lt, lte, gt, gte }: AttributeFilter): boolean =>
  (!among || among.some((one) => JSON.stringify(one) === JSON.stringify(value))) &&
  (contains === undefined || ((typeof value === "string" || Array.isArray(value)) && value.includes(contains))) &&
  (prefix === undefined || (typeof value === "string" && value.startsWith(prefix))) &&
  compares(value, lt, (a, b) => a < b) &&
  compares(value, lte, (a, b) => a <= b) &&
  compares(value, gt, (a, b) => a > b) &&
  compares(value, gte, (a, b) => a >= b);

const compares = (value: Value, bound: number | string | undefined, holds: (value: number | string, bound: number | string) => boolean): boolean =>
  bound === undefined || ((typeof value === "number" || typeof value === "string") && typeof value === typeof bound && holds(value, bound));
