import type { ClientConfig } from "pg";
import type { Application } from "#api/application.ts";
import type { Config } from "#infra/config.ts";
import type { Place } from "#infra/data-folder.ts";
import { sqliteFile } from "#infra/open-log.ts";
import { replay } from "#projections/kernel/replay/replay.ts";
import type { Watched } from "#projections/kernel/watch.ts";
import { replayInThread, type ThreadStores } from "./in-thread.ts";

interface Places {
  readonly folder: Place;
  readonly connect: ClientConfig;
  readonly readModels: Watched;
}

/**
 * How a process replays read models: beside its requests, in a thread of its own, where the log can be read by whoever opens it once more.
 * A log that is read as a node among others is read by this process's node, in its one thread.
 */
export const openReplay = ({ LOG_ENGINE: engine }: Pick<Config, "LOG_ENGINE">, { folder, connect, readModels }: Places): Application["replay"] => {
  if (engine !== "sqlite" && engine !== "postgres") return (asked, tell, signal) => replay(readModels.watching, asked, tell, signal);
  const stores: ThreadStores = { connect, file: engine === "sqlite" ? sqliteFile(folder) : null };
  return (asked, tell, signal) => replayInThread({ stores, asked }, tell, signal);
};
