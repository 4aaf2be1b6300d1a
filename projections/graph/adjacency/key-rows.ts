import type { Sql } from "#projections/ports/sql.ts";

/** Keys of nodes, in the order of their numbers. */
export interface KeyRows {
  /** UTF-8, one behind the other. */
  readonly bytes: Buffer;
  /** Of each, in bytes. */
  readonly lengths: Int32Array;
}

/** Numbers of a statement: some megabytes. */
const atOnce = 32_768;

/** The keys of all numbers from one on and below another. As text they come in half as many bytes as bytes do. */
export const keysFrom = async (sql: Sql, from: number, to: number): Promise<readonly KeyRows[]> => {
  const batches: KeyRows[] = [];
  for (let first = from; first < to; first += atOnce) {
    const end = Math.min(to, first + atOnce);
    const [row] = await sql.query<{ readonly keys: string | null; readonly lengths: Buffer | null }>({
      name: "graph.keys",
      text: `select string_agg(key, '') as keys, string_agg(int4send(octet_length(textsend(key))), '') as lengths
               from (select key from graph.nodes where number >= $1 and number < $2 order by number) as some_nodes`,
      values: [first, end],
    });
    // The server's numbers are in network order, and begin anywhere.
    const lengths = new Uint8Array(row?.lengths?.swap32() ?? []);
    batches.push({ bytes: Buffer.from(row?.keys ?? ""), lengths: new Int32Array(lengths.buffer) });
  }
  return batches;
};
