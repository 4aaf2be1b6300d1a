import { setTimeout as sleep } from "node:timers/promises";
import type { Scope } from "#domain/access/events.ts";
import { authenticator } from "#api/access/authenticate.ts";
import { type Application, type Defect, defaultLimits, type Progress } from "#api/application.ts";
import type { Commands } from "#commands/commands.ts";
import { isRefusal, refuse } from "#domain/kernel/decider.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import { namesInTables } from "#projections/graph/names.ts";
import { paged } from "#projections/graph/reached-page.ts";
import { sqlWalks } from "#projections/graph/sql-walks.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import { eventually, patience } from "#test/support/projecting.ts";
import { commandsFor } from "./commands.ts";
import { establish, makeTables, project, publishAll } from "./tables.ts";

/** An application with a memory log, a true PostgreSQL and commands without keys, and the handles by which a test moves it. */
export interface TestApplication extends AsyncDisposable {
  readonly application: Application;
  readonly defects: readonly Defect[];
  /** A secret of a new token. */
  readonly token: (scope: Scope) => Promise<string>;
  /** Read models stand still from now on, or go on. */
  readonly hold: (held: boolean) => void;
  /** Read models are at the end of the log. */
  readonly settled: () => Promise<void>;
  readonly publish: (name: string, version: number) => Promise<void>;
  /** What all commands do from now on. */
  readonly commandsAre: (commands: Partial<Commands>) => void;
}

export const openApplication = async (changes: Partial<Pick<Application, "limits" | "persisted" | "status" | "hotTasks">> = {}): Promise<TestApplication> => {
  const database = await freshDatabase();
  const pool = openPool({ connectionString: database.url, max: 8 });
  const sql = databaseOver(pool);
  await makeTables(sql);
  const log = memoryLog();
  const end = new AbortController();
  const defects: Defect[] = [];
  let position = 0;
  let held = false;

  const projecting = (async () => {
    for await (const page of log.subscribe({ after: 0, signal: end.signal, limit: 50 }))
      for (const event of page.events) {
        await until(() => !held || end.signal.aborted, Infinity);
        if (end.signal.aborted) return;
        await project(sql, event);
        position = event.position;
      }
  })();

  const progress: Progress = {
    position: () => position,
    reached: async (_name, wanted, timeoutMs) => {
      await until(() => position >= wanted, timeoutMs);
      return { position, stale: position < wanted };
    },
  };
  const commands = commandsFor({
    log,
    established: (name, settings, receipt) => establish(sql, { name, settings, at: new Date().toISOString(), position: receipt.position }),
  });
  const changed = { ...commands };
  const settled = async () => {
    const head = await log.head();
    await eventually(async () => position, (reached) => reached >= head);
  };

  const application: Application = {
    commands: changed,
    sql,
    walks: paged(sqlWalks(sql)),
    names: namesInTables(sql),
    log,
    progress,
    ledger: async () => testLedger,
    closing: new AbortController().signal,
    limits: { ...defaultLimits, waitMs: patience },
    persisted: { registered: [], only: false },
    status: async () => ({
      version: "0.0.0",
      degraded: [],
      log: { engine: "memory", head: await log.head() },
      projections: [{ name: "tuf", generation: 1, position, lag: (await log.head()) - position, state: "running", error: null, failedPosition: null, rebuilding: null }],
      workers: [],
    }),
    rebuild: async (name) => (name === "tuf" ? { generation: 2 } : refuse("PROJECTION_NOT_FOUND", `there is no projection ${name}`, { name })),
    replay: () => Promise.reject(new Error("no read models here")),
    readModels: [],
    authenticate: authenticator(sql, progress),
    report: (defect) => void defects.push(defect),
    ...changes,
  };

  return {
    application,
    defects,
    settled,
    token: async (scope) => {
      const issued = await commands.issueToken(
        { name: `${scope} of a test`, scope, expires: null },
        { actor: "system", commandId: crypto.randomUUID(), correlationId: "test" },
      );
      if (isRefusal(issued) || issued.secret === null) throw new Error("refused");
      await settled();
      return issued.secret;
    },
    hold: (now) => {
      held = now;
    },
    publish: (name, version) => publishAll(sql, { name, version, at: new Date().toISOString(), position }),
    commandsAre: (others) => void Object.assign(changed, others),
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await projecting;
      await pool.end();
      await log[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
};

const until = async (is: () => boolean, timeoutMs: number): Promise<void> => {
  for (const begun = performance.now(); !is() && performance.now() - begun < timeoutMs; ) await sleep(2);
};

/** A ledger that signs nothing: its key is nobody's. */
const testLedger = {
  origin: "example.com/test",
  keyid: "00".repeat(32),
  publicKey: "00".repeat(32),
  published: null,
};
