import { choosePort } from "#infra/services/ports.ts";

const given = new Set<number>();

// The jobs of a run have different ports: none takes one whose server is on its way, or away for a moment.
const jobs = 8;
const job = Number(process.env["MOCHA_WORKER_ID"] ?? jobs - 1) % jobs;

/** A port of the loopback address for a server of a test, also when that comes back. */
export const ownPort = async (): Promise<number> => {
  const port = await choosePort(given);
  if (port % jobs !== job) return ownPort();
  given.add(port);
  return port;
};
