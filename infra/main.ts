import { relative } from "node:path";
import { InvalidInput, Unavailable } from "#domain/kernel/errors.ts";
import { described } from "#projections/kernel/checkpoint.ts";
import { adminTokenFile } from "./admin-token.ts";
import { CannotStart } from "./cannot-start.ts";
import { compose, type Decorate, type Waybill } from "./compose.ts";
import { type Config, readConfig } from "./config.ts";
import { jsonLines } from "./log.ts";
import { stopSignal } from "./stop-signal.ts";
import { version } from "./version.ts";

/** Runs everything in this process until SIGINT or SIGTERM; the promise resolves to the exit code. */
export const serve = async (environment?: Readonly<Record<string, string | undefined>>, decorate?: Decorate): Promise<number> => {
  const logger = jsonLines((line) => process.stderr.write(line));
  const stop = stopSignal();
  const began = performance.now();
  try {
    const config = readConfig(environment);
    const waybill = await compose(config, logger, decorate);
    try {
      const over = Promise.race([stop.received, waybill.failed]);
      const stopped = await Promise.race([waybill.ready, over]);
      if (stopped === undefined) process.stdout.write(greeting(config, waybill, performance.now() - began));
      const failure = await over;
      if (failure instanceof Error) logger.error("a part failed", { error: failure });
      else process.stdout.write("stopping …\n");
      return failure instanceof Error ? 1 : 0;
    } finally {
      await waybill[Symbol.asyncDispose]();
    }
  } catch (error) {
    const reason = obstacle(error);
    if (reason === null) throw error;
    process.stderr.write(`waybill cannot start: ${reason}\n`);
    return 2;
  }
};

/** What stands in the way of a start, for whoever can mend it; null for a defect, which is shown with its stack. */
const obstacle = (error: unknown): string | null => {
  if (error instanceof Unavailable) return described(error);
  return error instanceof CannotStart || error instanceof InvalidInput ? error.message : null;
};

const greeting = ({ WAYBILL_DATA }: Config, { url }: Waybill, ms: number): string => {
  const folder = relative(process.cwd(), WAYBILL_DATA) || ".";
  return [
    `Waybill ${version} is ready after ${(ms / 1000).toFixed(1)} s.`,
    "",
    `  GraphiQL    ${url}/graphql`,
    `  Token       ${adminTokenFile(folder)}   (the local CLI finds it)`,
    "  Next        npx waybill init demo   (in a second terminal)",
    "",
    `Ctrl-C stops it; everything stays in ${folder}.`,
    "",
  ].join("\n");
};

if (import.meta.main) process.exitCode = await serve();
