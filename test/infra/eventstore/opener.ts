import { openEventStoreLog } from "#infra/eventstore/event-log.ts";

/** `location` is JSON: where the log and its index are. */
export const open = (location: string) => {
  const { url, database, prefix } = JSON.parse(location) as Location;
  return openEventStoreLog({ url, connect: { connectionString: database }, prefix });
};

export interface Location {
  readonly url: string;
  readonly database: string;
  readonly prefix?: string;
}
