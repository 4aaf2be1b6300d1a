import { CannotStart } from "#infra/cannot-start.ts";
import { type Config, tlsSettings } from "#infra/config.ts";
import { tlsOf } from "#infra/tls.ts";
import type { ConnectOptions } from "./client.ts";

/** How the configured EventStoreDB is reached. Throws `CannotStart` where that cannot be meant. */
export const eventStoreOf = async (config: Config): Promise<ConnectOptions> => {
  const { EVENTSTORE_URL: url = "", EVENTSTORE_USER: username, EVENTSTORE_PASSWORD: password } = config;
  if ((username === undefined) !== (password === undefined)) throw new CannotStart("EVENTSTORE_USER and EVENTSTORE_PASSWORD belong together");
  const credentials = username === undefined || password === undefined ? undefined : { username, password };
  return { url, credentials, tls: await tlsOf(tlsSettings(config, "EVENTSTORE")) };
};
