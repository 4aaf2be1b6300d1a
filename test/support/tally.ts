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
  readonly position: number;
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
  decode: ({ data, position }: StoredEvent) => {
    if (data["broken"] === true) throw new Error("broken beyond reading");
    return { key: String(data["key"]), amount: Number(data["amount"]), position };
  },
  apply: async (batch, sql) => {
    const sums = new Map<string, { total: number; times: number }>();
    for (const { key, amount } of batch) {
      const { total, times } = sums.get(key) ?? { total: 0, times: 0 };
      sums.set(key, { total: total + amount, times: times + 1 });
    }
    const rows = [...sums].map(([key, sum]) => ({ key, ...sum }));
    await sql.query({
      name: "tally.upsert",
      text: `insert into sums select * from json_populate_recordset(null::sums, $1)
             on conflict (key) do update set total = sums.total + excluded.total, times = sums.times + excluded.times`,
      values: [JSON.stringify(rows)],
    });
  },
  ...changes,
});

/** What the tally must hold: key, total, times. */
export const sumsOf = (events: readonly StoredEvent[]): readonly { key: string; total: number; times: number }[] => {
  const sums = new Map<string, { total: number; times: number }>();
  for (const { type, data } of events)
    if (type === "test.Counted.v1") {
      const key = String(data["key"]);
      const { total, times } = sums.get(key) ?? { total: 0, times: 0 };
      sums.set(key, { total: total + Number(data["amount"]), times: times + 1 });
    }
  return [...sums].map(([key, sum]) => ({ key, ...sum })).sort((a, b) => (a.key < b.key ? -1 : 1));
};
