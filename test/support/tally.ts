import type { StoredEvent } from "#domain/kernel/event.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import type { Projection } from "#projections/kernel/projection.ts";

/** An event of the tally: so many of that key. */
export const counted = (key: string, amount = 1, more: JsonObject = {}) => ({ type: "test.Counted.v1", data: { key, amount, ...more } });

/** An event that the tally does not want. */
export const ignored = () => ({ type: "test.Ignored.v1", data: {} });

interface Counted {
  readonly key: string;
  readonly amount: number;
}

/**
 * A read model for tests of the runner. It adds up, so that an event applied twice is seen in the sums; it keeps no trace of
 * positions that could hide that.
 */
export const tally = (changes: Partial<Projection<Counted>> = {}): Projection<Counted> => ({
  name: "tally",
  generation: 1,
  tables: "create table sums (key text primary key, total bigint not null, times bigint not null)",
  types: ["test.Counted.v1"],
  decode: (event) => {
    if (event.data["broken"] === true) throw new Error("broken beyond reading");
    return countedOf(event);
  },
  apply: (batch, sql) =>
    sql
      .query({
        name: "tally.upsert",
        text: `insert into sums select * from json_populate_recordset(null::sums, $1)
               on conflict (key) do update set total = sums.total + excluded.total, times = sums.times + excluded.times`,
        values: [JSON.stringify(summedUp(batch))],
      })
      .then(() => undefined),
  ...changes,
});

export const countedOf = ({ data: { key, amount } }: StoredEvent): Counted => ({
  key: typeof key === "string" ? key : "",
  amount: Number(amount),
});

/** What the table `sums` must hold after these events. */
export const sumsOf = (events: readonly StoredEvent[]): readonly Sum[] =>
  summedUp(events.filter(({ type }) => type === "test.Counted.v1").map(countedOf)).toSorted((a, b) => (a.key < b.key ? -1 : 1));

interface Sum {
  readonly key: string;
  total: number;
  times: number;
}

const summedUp = (batch: readonly Counted[]): readonly Sum[] => {
  const sums = new Map<string, Sum>();
  for (const { key, amount } of batch) {
    const sum = sums.get(key) ?? { key, total: 0, times: 0 };
    sum.total += amount;
    sum.times++;
    sums.set(key, sum);
  }
  return [...sums.values()];
};
