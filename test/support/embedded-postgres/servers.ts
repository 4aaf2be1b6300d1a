import { join } from "node:path";
import { Client } from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#infra/embedded-postgres/embedded-postgres.ts";
import type { Machine } from "#infra/embedded-postgres/machine.ts";
import { eventually } from "#test/support/projecting.ts";
import { copyFolder, endWithUs, temporary } from "./folders.ts";

export interface Started extends EmbeddedPostgres {
  readonly logged: readonly string[];
}

export const start = async (folder: string, machine: Partial<Machine> = {}): Promise<Started> => {
  const logged: string[] = [];
  const server = await startEmbeddedPostgres({ folder, machine, log: (line, fields) => logged.push(`${line} ${JSON.stringify(fields)}`) });
  endWithUs(server.pid);
  return { ...server, logged };
};

let template: Promise<string> | undefined;

const makeTemplate = async () => {
  const folder = join(temporary(), "postgres");
  const server = await start(folder);
  await ask(server, "create table marks (mark text)", "insert into marks values ('kept')");
  await server.stop();
  return folder;
};

/** A folder with a stopped cluster that knows one mark; initdb ran once for all of them. */
export const initialised = async (folder = join(temporary(), "postgres")): Promise<string> => {
  copyFolder(await (template ??= makeTemplate()), folder);
  return folder;
};

export const ask = async ({ url }: { readonly url: string }, ...statements: readonly string[]): Promise<readonly unknown[]> => {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    let rows: readonly unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query({ text: statement, rowMode: "array" }));
    return rows.flat();
  } finally {
    await client.end();
  }
};

/** Resolves when a client's statement that begins so is running. */
export const running = async (server: { readonly url: string }, beginning: string): Promise<void> => {
  const found = () => ask(server, `select 1 from pg_stat_activity where state = 'active' and query ^@ '${beginning}'`);
  await eventually(found, ({ length }) => length > 0);
};

export const marks = (server: { readonly url: string }): Promise<readonly unknown[]> => ask(server, "select mark from marks");
