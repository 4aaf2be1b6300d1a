import { setTimeout as sleep } from "node:timers/promises";
import type { EventLog } from "#commands/ports/event-log.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { readConfig } from "#infra/config.ts";
import { openLog } from "#infra/open-log.ts";

/** The log as Waybill's own processes open it with these settings; waits while its servers are away. */
export const openSharedLog = async (environment?: Readonly<Record<string, string>>): Promise<EventLog> => {
  const config = readConfig(environment);
  const folder = { path: "", at: (...names: string[]) => names.join("/"), close: nothing, [Symbol.asyncDispose]: nothing };
  for (;;)
    try {
      return await openLog(config, { folder, connect: { connectionString: config.DATABASE_URL ?? "" } });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await sleep(300);
    }
};

const nothing = async (): Promise<void> => undefined;
