import { setTimeout as sleep } from "node:timers/promises";
import type { EventLog } from "#commands/ports/event-log.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { readConfig } from "#infra/config.ts";
import { openLeases } from "#infra/leases.ts";
import { jsonLines } from "#infra/log.ts";
import { runId } from "#infra/node-id.ts";
import { configuredRedis } from "#infra/redis/configured.ts";
import { openLog } from "#infra/open-log.ts";

/** The log as Waybill's own processes open it with these settings; waits while its servers are away. */
export const openSharedLog = async (environment?: Readonly<Record<string, string>>): Promise<EventLog> => {
  const config = readConfig(environment);
  const folder = { path: "", at: (...names: string[]) => names.join("/"), close: nothing, [Symbol.asyncDispose]: nothing };
  const connect = { connectionString: config.DATABASE_URL ?? "" };
  const redis = await configuredRedis(config, jsonLines(() => undefined));
  const leases = openLeases(connect, redis);
  for (;;)
    try {
      const log = await openLog(config, { folder, connect, leases, owner: runId() });
      return { ...log, [Symbol.asyncDispose]: () => closeAll([log, leases, ...(redis ? [redis] : [])]) };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await sleep(300);
    }
};

const closeAll = async (opened: readonly AsyncDisposable[]): Promise<void> => {
  for (const one of opened) await one[Symbol.asyncDispose]();
};

const nothing = async (): Promise<void> => undefined;
