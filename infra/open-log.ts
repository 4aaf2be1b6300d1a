import type { ClientConfig } from "pg";
import type { EventLog } from "#commands/ports/event-log.ts";
import { CannotStart } from "./cannot-start.ts";
import type { Config } from "./config.ts";
import type { Place } from "./data-folder.ts";
import { openPostgresLog } from "./postgres/event-log.ts";
import { openSqliteLog } from "./sqlite/event-log.ts";

interface Places {
  readonly folder: Place;
  /** The read models' server. */
  readonly connect: ClientConfig;
}

/** The log on the engine that `LOG_ENGINE` names. */
export const openLog = async (config: Config, { folder, connect }: Places): Promise<EventLog> => {
  switch (config.LOG_ENGINE) {
    case "sqlite":
      return openSqliteLog(folder.at("log.sqlite"));
    case "postgres":
      return openPostgresLog({ connect });
    case "eventstoredb":
    case "kafka":
      throw new CannotStart(`LOG_ENGINE=${config.LOG_ENGINE} is not there yet`);
  }
};
