import type { WorkerView } from "#api/application.ts";
import { once } from "#projections/kernel/once.ts";
import { bell, pause } from "#projections/kernel/pause.ts";
import type { Database } from "#projections/ports/sql.ts";

/** Workers of all processes, as each says of itself: for people who look, nothing depends on it. */
export interface Workers {
  readonly seen: () => Promise<readonly WorkerView[]>;
  /** Says what a worker of this process does, at once when it `changed`, until disposed of. */
  readonly say: (view: () => WorkerView) => AsyncDisposable & { readonly changed: () => void };
}

const sayMs = 5000;
/** Who has said nothing for this long is not there any more. */
const goneAfter = "20 seconds";

const table = `
  create schema if not exists waybill;
  create unlogged table if not exists waybill.workers
    (name text primary key, kind text not null, state text not null, seen timestamptz not null default clock_timestamp());
  delete from waybill.workers where seen < clock_timestamp() - interval '1 hour'`;

export const workersIn = (database: Database): Workers => {
  const made = once(() =>
    database.transaction(async (sql) => {
      await sql.query({ text: "select pg_advisory_xact_lock(hashtextextended('waybill', 0))" });
      await sql.query({ text: table });
    }),
  );
  return {
    seen: async () => {
      await made();
      return database.query<WorkerView>({
        name: "workers_seen",
        text: `select name, kind, state, seen as "lastSeen" from waybill.workers where seen > clock_timestamp() - interval '${goneAfter}' order by name`,
      });
    },
    say: (view) => saying(database, made, view),
  };
};

const saying = (database: Database, made: () => Promise<unknown>, view: () => WorkerView): ReturnType<Workers["say"]> => {
  const closing = new AbortController();
  const changed = bell();

  const write = async () => {
    const { name, kind, state } = view();
    await made();
    await database.query({
      name: "workers_say",
      text: `insert into waybill.workers (name, kind, state) values ($1, $2, $3)
             on conflict (name) do update set state = excluded.state, seen = excluded.seen`,
      values: [name, kind, state],
    });
  };
  const loop = async () => {
    while (!closing.signal.aborted) {
      const rung = changed.signal();
      // What is not said now is said later.
      await write().catch(() => undefined);
      await pause(sayMs, AbortSignal.any([closing.signal, rung]));
    }
    await database.query({ text: "delete from waybill.workers where name = $1", values: [view().name] }).catch(() => undefined);
  };
  const saying = loop();
  return {
    changed: changed.ring,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await saying;
    },
  };
};
