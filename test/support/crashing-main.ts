import type { EventLog, NewEvent } from "#commands/ports/event-log.ts";
import type { Signer } from "#commands/ports/signer.ts";
import type { Database } from "#projections/ports/sql.ts";
import { serve } from "#infra/main.ts";

/**
 * Waybill that kills itself at the point that CRASH_AT names: `sign:ROLE` when it is about to sign that role's file,
 * `before:TYPE` and `after:TYPE` around the append of an event, `apply:TYPE` when a projection has written that event and not
 * committed, `commit:TYPE` when it has committed and told nobody.
 */
const [point = "", what = ""] = (process.env["CRASH_AT"] ?? "").split(":");

const die = (): never => {
  process.kill(process.pid, "SIGKILL");
  // The signal is on its way; nothing behind this line may run.
  for (;;);
};

const signs = (signer: Signer): Signer => ({
  ...signer,
  sign: (keyid, bytes) => (Buffer.from(bytes).includes(`"_type":"${what}"`) ? die() : signer.sign(keyid, bytes)),
});

const holds = (events: readonly { readonly type: string }[]) => events.some(({ type }) => type.includes(`.${what}.`));

const appends = (log: EventLog): EventLog => ({
  append: async (stream: string, events: readonly NewEvent[], options) => {
    if (point === "before" && holds(events)) die();
    const receipt = await log.append(stream, events, options);
    return point === "after" && holds(events) ? die() : receipt;
  },
  receipt: (commandId) => log.receipt(commandId),
  read: (stream, options) => log.read(stream, options),
  readAll: (options) => log.readAll(options),
  head: () => log.head(),
  subscribe: (options) => log.subscribe(options),
  [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
});

/** The statement that only this event leads to. */
const statements: Readonly<Record<string, string>> = { TargetsAdded: "tuf_end_targets", MetadataPublished: "tuf_published" };

const commits = (database: Database): Database => ({
  query: (statement) => database.query(statement),
  transaction: async (work, schema) => {
    let seen = false;
    const result = await database.transaction(async (sql) => {
      const answer = await work({
        ...sql,
        query: (statement) => {
          seen ||= statement.name === statements[what];
          return sql.query(statement);
        },
      });
      return point === "apply" && seen ? die() : answer;
    }, schema);
    return point === "commit" && seen ? die() : result;
  },
});

process.exitCode = await serve(process.env, { log: appends, database: commits, ...(point === "sign" ? { signer: signs } : {}) });
