import type { ClientConfig } from "pg";
import type { EventLog } from "#commands/ports/event-log.ts";
import { type Engine, eventLog } from "#infra/log/event-log.ts";
import { openLogIndex } from "#infra/log/index/postgres-index.ts";
import { followIndexed } from "#infra/log/index/tail.ts";
import { appender } from "./append.ts";
import { connect as connection, type ConnectOptions } from "./client.ts";
import { feed } from "./feed.ts";
import { identity } from "./identity.ts";
import { type Place, readPage } from "./pages.ts";
import { reading } from "./reading.ts";
import { sender } from "./sending.ts";
import { atStart } from "./starting.ts";
import { witnesses } from "./witness.ts";

export interface EventStoreLogOptions extends ConnectOptions {
  /** PostgreSQL, for the index beside the log, as `pg` takes it. */
  readonly connect: ClientConfig;
  /** Begins the name of every stream on the server, so that it can be shared. Without one the names are as they are. */
  readonly prefix?: string | undefined;
  /** Milliseconds between looks for new events while the live subscription is down. */
  readonly poll?: number;
  /** Milliseconds after which the server counts as away. */
  readonly patience?: number;
}

/**
 * The log on EventStoreDB, for any number of processes (ADR-0008). Throws `Unavailable` when the server or PostgreSQL does not answer,
 * `CannotStart` when it does not let us in; later it comes back by itself.
 */
export const openEventStoreLog = async (options: EventStoreLogOptions): Promise<EventLog> => {
  const { prefix = "", poll = 1000, patience = 10_000 } = options;
  await using opened = new AsyncDisposableStack();
  const server = connection(options);
  opened.defer(() => server.close());
  const place: Place = { server, prefix, patience };
  const send = sender(server, patience);
  const ask = () => identity(server, send, { prefix, patience: Math.min(patience, 5000) });
  // Again at once: a node that is not the leader has told the client who is.
  const name = await ask().catch(ask).catch((error: unknown) => {
    throw atStart(error, options.url);
  });
  const index = opened.use(await openLogIndex({ connect: options.connect, name: `eventstoredb ${name}` }));
  const questions = reading(place);
  const seen = witnesses();
  const tail = opened.use(await followIndexed({ index, pages: feed(place, seen.saw), head: () => questions.head(0) }));

  const acknowledged = { position: 0 };
  const known = () => Math.max(acknowledged.position, tail.position());
  const head = () => questions.head(known());
  const engine: Engine = {
    appendGroup: appender({ sender: send, reading: questions, tail, witnesses: seen, prefix, patience, acknowledged }),
    receipt: async (commandId) => {
      // Another process may have acknowledged it a moment ago.
      const { receipts } = await tail.known({ commandIds: [commandId], streams: [] }, await head());
      return receipts.get(commandId) ?? null;
    },
    read: questions.read,
    readAll: (wanted) => readPage(place, wanted, known()),
    head,
    close: closing(opened.move()),
    bell: tail.bell,
    poll,
  };
  return eventLog(engine);
};

const closing = (stack: AsyncDisposableStack) => () => stack.disposeAsync();
