import type { Client, ClientConfig } from "pg";
import type { EventLog, Receipt } from "#commands/ports/event-log.ts";
import { bell } from "#infra/log/bell.ts";
import { eventLog } from "#infra/log/event-log.ts";
import { groups } from "#infra/log/groups.ts";
import { appender } from "./log/append.ts";
import { connection } from "./log/connection.ts";
import { listener } from "./log/listener.ts";
import { reader } from "./log/read.ts";
import { prepareSchema } from "./log/schema.ts";

export interface PostgresLogOptions {
  /** How to reach the server: `connectionString`, `ssl` …, as `pg` takes them. */
  readonly connect: ClientConfig;
  /** Milliseconds between looks for new events, should their announcement get lost. */
  readonly poll?: number;
}

/**
 * The log on a PostgreSQL server, in the schema `waybill_log`, for any number of processes: one connection appends, a few read, one
 * listens. Makes the schema where it is missing. Throws `Unavailable` when the server does not answer; later it comes back by itself.
 */
export const openPostgresLog = async ({ connect, poll = 1000 }: PostgresLogOptions): Promise<EventLog> => {
  const writer = connection(connect, async (client) => {
    await prepareSchema(client);
    await prepareSession(client);
  });
  await writer.query({ text: "select", rowMode: "array" }).catch(async (error: unknown) => {
    await writer.close();
    throw error;
  });
  const { receipts, close, ...reading } = reader(connect);
  const chime = bell();
  const ears = listener(connect, chime);

  const receipt = groups<string, Receipt | null>(
    async (commandIds) => {
      const found = await receipts(commandIds);
      return commandIds.map((commandId) => found.get(commandId) ?? null);
    },
    { weigh: () => 1, most: 1000 },
  );
  const closeAll = async () => {
    await receipt[Symbol.asyncDispose]();
    await Promise.all([writer.close(), close(), ears.close()]);
  };
  return eventLog({ appendGroup: appender(writer, receipts), most: 400, receipt, ...reading, close: closeAll, bell: chime, poll });
};

/** What an administrator may have set otherwise for everybody, and appending relies on. */
const prepareSession = async (client: Client): Promise<void> => {
  await client.query(`
    set default_transaction_isolation = 'read committed';
    set lock_timeout = '10s';
    set statement_timeout = '30s';
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`);
};
