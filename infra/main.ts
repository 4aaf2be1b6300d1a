import { InvalidInput, Unavailable } from "#domain/kernel/errors.ts";
import { described } from "#projections/kernel/checkpoint.ts";
import { CannotStart } from "./cannot-start.ts";
import { compose } from "./compose/compose.ts";
import type { Decorate } from "./compose/parts.ts";
import { readConfig } from "./config.ts";
import { greeting } from "./greeting.ts";
import { jsonLines, type Logger } from "./log.ts";
import { stopSignal } from "./stop-signal.ts";

/** Runs this process's roles until SIGINT or SIGTERM; the promise resolves to the exit code. */
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
      if (stopped === undefined) process.stdout.write(greeting(config, { url: waybill.url, ms: performance.now() - began }));
      const failure = await over;
      if (failure instanceof Error) logger.error("a part failed", { error: failure });
      else process.stdout.write("stopping …\n");
      return failure instanceof Error ? 1 : 0;
    } finally {
      giveUpAfter(config.WAYBILL_DRAIN_NOTICE_MS + config.WAYBILL_DRAIN_MS + closingMs, logger);
      await waybill[Symbol.asyncDispose]();
    }
  } catch (error) {
    const reason = obstacle(error);
    if (reason === null) throw error;
    process.stderr.write(`waybill cannot start: ${reason}\n`);
    return 2;
  }
};

/** What is left to do when requests are over: leases given back, connections and files closed. */
const closingMs = 4_000;

/** Whoever stops us waits for a while and then kills; better that the log says what happened. */
const giveUpAfter = (milliseconds: number, logger: Logger): void => {
  const end = () => {
    logger.error("not everything came to rest in time: this process ends without it", { milliseconds });
    process.exit(1);
  };
  setTimeout(end, milliseconds).unref();
};

/** What stands in the way of a start, for whoever can mend it; null for a defect, which is shown with its stack. */
const obstacle = (error: unknown): string | null => {
  if (error instanceof Unavailable) return described(error);
  return error instanceof CannotStart || error instanceof InvalidInput ? error.message : null;
};

if (import.meta.main) process.exitCode = await serve();
