import assert from "node:assert/strict";
import fc from "fast-check";
import { type Appends, type ColumnType, type ColumnValue, copied } from "#projections/kernel/appends.ts";
import { rowHash } from "#projections/kernel/replay/digest.ts";
import { rowHasher } from "#projections/kernel/replay/row-hash.ts";
import { openDatabase } from "#test/support/projecting.ts";

const types = { place: "bigint", many: "integer", id: "uuid", said: "text", at: "timestamptz", data: "json" } as const satisfies Record<string, ColumnType>;
const columns = Object.keys(types);

const moments = fc.date({ min: new Date("1969-06-01T00:00:00Z"), max: new Date("2262-01-01T00:00:00Z"), noInvalidDate: true }).map((date) => date.toISOString());
const texts = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "\0", "a\tb\\n\n", "\ud800", "a".repeat(70_000)));
const rows = fc.array(
  fc.tuple(
    fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, 2 ** 31, 2 ** 32, -(2 ** 32))),
    fc.option(fc.integer()),
    fc.oneof(fc.uuid(), fc.uuid().map((id) => id.toUpperCase())),
    fc.option(texts),
    fc.option(moments),
    fc.json(),
  ),
  { minLength: 1, maxLength: 50 },
);

describe("A row's hash, worked out here", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
    await opened.database.query({ text: `create table kept (no serial, ${Object.entries(types).map((column) => column.join(" ")).join(", ")})` });
  });
  after(() => opened[Symbol.asyncDispose]());

  it("is the one of the row that PostgreSQL keeps", () =>
    fc.assert(
      fc.asyncProperty(rows, async (some) => {
        const hashOf = rowHasher(Object.values(types));
        const kept: Appends<readonly ColumnValue[]> = { table: "kept", columns: types, row: (values) => values };
        const found = await opened.database.transaction(async (sql) => {
          await sql.query({ text: "truncate kept" });
          await sql.copy(...copied(kept, some));
          return sql.query<{ hash: string }>({ text: `select encode(${rowHash({ columns })}, 'hex') as hash from kept order by no` });
        });
        assert.deepEqual(some.map((row) => Buffer.from(hashOf(row), "binary").toString("hex")), found.map(({ hash }) => hash));
      }),
    ));

  it("is no row's where a text is not of its column's type", () => {
    const hashOf = rowHasher(["uuid", "timestamptz"]);
    const [id, at] = ["00000000-0000-0000-0000-000000000000", "2000-01-01T00:00:00.000Z"];
    assert.equal(new Set([hashOf([id, at]), hashOf(["nobody", at]), hashOf([id, "never"])]).size, 3);
  });
});
