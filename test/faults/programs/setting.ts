import process from "node:process";
import { z } from "zod";

/** What every writer and reader is told when it starts, as JSON in its first argument. */
export const Setting = z.object({
  /** Name in the history, another after each start. */
  name: z.string(),
  seed: z.int(),
  /** File of the journal. */
  journal: z.string(),
  /** Milliseconds between two commands of a writer, on average. */
  paceMs: z.number(),
  writers: z.int(),
});

export const Served = Setting.extend({
  /** GraphQL endpoints of all API processes. */
  urls: z.array(z.string()),
  token: z.string(),
  tokenId: z.string(),
  repositories: z.array(z.string()),
});

export const settingOf = <Shape extends z.ZodType>(shape: Shape): z.infer<Shape> => shape.parse(JSON.parse(process.argv[2] ?? ""));

const Told = z.object({ until: z.int() });

/** Writers end what they have begun; readers go on up to this position. */
export interface Ending {
  readonly signal: AbortSignal;
  /** Infinity until it is told. */
  readonly until: () => number;
}

/** Listens to the process that has started this one; without it there is nothing to do. */
export const ending = (): Ending => {
  const over = new AbortController();
  let until = Infinity;
  process.on("message", (message) => {
    ({ until } = Told.parse(message));
    over.abort();
  });
  process.on("disconnect", () => process.exit(1));
  return { signal: over.signal, until: () => until };
};
