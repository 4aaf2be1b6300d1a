import type { StoredEvent } from "#domain/kernel/event.ts";
import { targetsCodec } from "#domain/trust/events.ts";
import { tokens } from "#projections/access/tokens.ts";
import { explorer } from "#projections/audit/explorer.ts";
import { webhooks } from "#projections/deliveries/webhooks.ts";
import { graph } from "#projections/graph/graph.ts";
import { ledger } from "#projections/audit/ledger.ts";
import { type Projection, sqlBeside } from "#projections/kernel/projection.ts";
import type { Database, Sql } from "#projections/ports/sql.ts";
import { tasks } from "#projections/tasks/tasks.ts";
import { tuf } from "#projections/trust/tuf.ts";

const projections: readonly Projection[] = [explorer, graph, ledger, tasks, tokens, tuf, webhooks];

/** The tables of every read model, empty. */
export const makeTables = async (sql: Sql): Promise<void> => {
  await sql.query({ text: sqlBeside(import.meta.resolve("#projections/kernel/waybill.sql"), "waybill.sql") });
  for (const { name, tables } of projections) await sql.query({ text: `begin; create schema ${name}; set local search_path to ${name}; ${tables}; commit` });
};

/** One event in the tables, by the projections themselves. A repository comes to be by `establish`. */
export const project = async (database: Database, event: StoredEvent): Promise<void> => {
  for (const projection of projections)
    if (concerns(projection, event))
      await database.transaction((sql) => projection.apply([projection.decode(event)], sql), projection.name);
};

const concerns = ({ name, types }: Projection, { type }: StoredEvent): boolean =>
  name === tuf.name || (name === graph.name && type.startsWith("trust.")) ? targetsCodec.types.includes(type) : (types?.includes(type) ?? true);

interface Established {
  readonly name: string;
  readonly settings: object;
  readonly at: string;
  readonly position: number;
}

/** A repository with its first metadata; what its events hold in truth is of no concern to the API. */
export const establish = async (sql: Sql, { name, settings, at, position }: Established): Promise<void> => {
  await sql.query({
    text: "insert into tuf.repositories values ($1, $2, '{}', '{}', -1, -1, $3, $3, $4)",
    values: [name, JSON.stringify(settings), at, position],
  });
  await publishAll(sql, { name, version: 1, at, position });
};

/** A publication of everything that is pending. */
export const publishAll = async (sql: Sql, { name, version, at, position }: Omit<Established, "settings"> & { readonly version: number }): Promise<void> => {
  await sql.query({ text: "update tuf.repositories set covers = targets_revision, published_at = $2 where name = $1", values: [name, at] });
  for (const role of ["snapshot", "timestamp"]) {
    const bytes = Buffer.from(JSON.stringify({ signed: { _type: role, version }, signatures: [] }));
    const values = [name, role, version, "2030-01-01T00:00:00Z", bytes.length, "00".repeat(32), bytes.toString(), position, at];
    await sql.query({ text: "insert into tuf.metadata values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", values });
    await sql.query({
      text: "insert into tuf.roles values ($1, $2, $3, $4) on conflict (repository, role) do update set version = excluded.version",
      values: values.slice(0, 4),
    });
  }
};
