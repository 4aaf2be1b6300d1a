import { type GraphEvent, graphCodec } from "#domain/graph/events.ts";
import { parseWireType } from "#domain/kernel/codec.ts";
import type { Recorded } from "#domain/kernel/event.ts";
import { type TrustEvent, trustCodec } from "#domain/trust/events.ts";
import { copyRow } from "#projections/kernel/copy.ts";
import { type Projection, sqlBeside } from "#projections/kernel/projection.ts";
import type { WritableSql } from "#projections/ports/sql.ts";
import { noChanges } from "./changes.ts";
import { foldEvent } from "./fold.ts";
import { loadPresent } from "./load.ts";
import { type Statement, statementsOf } from "./statements.ts";
import { writeChanges } from "./write.ts";

type Known = Recorded<GraphEvent> | Recorded<TrustEvent>;

/** An event with its own wire type, which `changes` keeps. */
interface Told {
  readonly type: string;
  readonly recorded: Known;
}

/** The artifact graph as it is and as it ever was: what sources, indexes, deployments and TUF repositories say. */
export const graph: Projection<Told> = {
  name: "graph",
  generation: 2,
  tables: sqlBeside(import.meta.url, "graph.sql"),
  indexes: sqlBeside(import.meta.url, "graph-indexes.sql"),
  types: [...graphCodec.types, ...trustCodec.types],
  decode: (stored) => ({
    type: stored.type,
    recorded: parseWireType(stored.type).context === "graph" ? graphCodec.decode(stored) : trustCodec.decode(stored),
  }),
  apply: async (batch, sql) => {
    for (const chunk of chunks(batch)) await applyChunk(sql, chunk);
  },
};

interface Step {
  readonly told: Told;
  readonly statements: readonly Statement[];
}

/** Statements that are worked on at once: bounds the memory, and the time between two statements of the transaction. */
const atOnce = 20_000;

const chunks = function* (batch: readonly Told[]): Generator<Step[]> {
  let chunk: Step[] = [];
  let size = 0;
  for (const told of batch) {
    const statements = statementsOf(told.recorded.event);
    chunk.push({ told, statements });
    size += statements.length;
    if (size < atOnce) continue;
    yield chunk;
    [chunk, size] = [[], 0];
  }
  if (chunk.length > 0) yield chunk;
};

const applyChunk = async (sql: WritableSql, steps: readonly Step[]): Promise<void> => {
  const present = await loadPresent(sql, steps.flatMap(({ statements }) => statements));
  const changes = noChanges();
  for (const { told, statements } of steps) foldEvent(present, changes, told.recorded.position, statements);
  await writeChanges(sql, present, changes);
  await sql.copy("changes (position, id, type, stream, actor, reason, at)", steps.map(({ told }) => changeRow(told)));
};

const changeRow = ({ type, recorded: { position, id, stream, actor, reason, at } }: Told): string =>
  copyRow([position, id, type, stream, actor, reason ?? null, at]);
