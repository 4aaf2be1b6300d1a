import type { ClientConfig } from "pg";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
import type { Config } from "./config.ts";
import type { Place } from "./data-folder.ts";
import { openEventStoreLog } from "./eventstore/event-log.ts";
import { eventStoreOf } from "./eventstore/settings.ts";
import { openKafkaLog } from "./kafka/event-log.ts";
import { kafkaOf } from "./kafka/settings.ts";
import { openPostgresLog } from "./postgres/event-log.ts";
import { openSqliteLog } from "./sqlite/event-log.ts";

interface Places {
  readonly folder: Place;
  /** The read models' server. */
  readonly connect: ClientConfig;
  readonly leases: Leases;
  /** The name of this process among those on the same log. */
  readonly owner: string;
}

/** Of the log in SQLite. */
export const sqliteFile = (folder: Place): string => folder.at("log.sqlite");

/** The log on the engine that `LOG_ENGINE` names. */
export const openLog = async (config: Config, { folder, connect, leases, owner }: Places): Promise<EventLog> => {
  switch (config.LOG_ENGINE) {
    case "sqlite":
      return openSqliteLog(sqliteFile(folder));
    case "postgres":
      return openPostgresLog({ connect });
    case "eventstoredb":
      return openEventStoreLog({ ...(await eventStoreOf(config)), connect });
    case "kafka":
      return openKafkaLog({ ...(await kafkaOf(config)), connect, leases, node: owner });
  }
};
