import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { groups } from "#infra/log/groups.ts";
import type { KafkaServer } from "./client.ts";
import { protocolError } from "./failure.ts";
import { openLink } from "./link.ts";
import { topicLog } from "./topic-log.ts";
import { produce } from "./wire.ts";

/** Says something to all who listen to a topic; in the order of saying, sometimes twice. Throws `Unavailable`. */
export interface Mouth {
  readonly say: (texts: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

export const openMouth = (server: KafkaServer, topic: string): Mouth => {
  const link = openLink(server);
  const say = groups<readonly string[], true>(async (group) => {
    const records = group.flat().map((value) => ({ key: "", value }));
    await link.ask({ topic }, (broker) => produce(broker, { topic, records }));
    return group.map(() => true);
  }, { weigh: (texts) => texts.reduce((sum, { length }) => sum + length + 100, 0), most: 1_000_000 });
  const close = async () => {
    await say[Symbol.asyncDispose]();
    link.close();
  };
  return {
    // Pieces of a large request go one by one, and nothing between them.
    say: async (texts) => void (await Promise.all(texts.map((text) => say([text])))),
    close,
  };
};

/** Hears what is said on a topic from now on. What was said while no broker answered is heard later. */
export interface Ear {
  readonly close: () => Promise<void>;
}

export interface Hearing<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly hear: (message: z.infer<Schema>) => void;
}

export const openEar = async <Schema extends z.ZodType>(server: KafkaServer, topic: string, { schema, hear }: Hearing<Schema>): Promise<Ear> => {
  const link = openLink(server);
  const log = topicLog(link, topic);
  let offset = await log.end().catch((error: unknown) => {
    link.close();
    throw error;
  });
  const closing = new AbortController();
  const { signal } = closing;

  const listenOnce = async () => {
    const { records, nextOffset } = await log.fetchFrom(offset, { maxBytes: 4_000_000, maxWaitMs: 2000 });
    offset = nextOffset;
    for (const { value } of records) {
      // Another version of this program may say what this one does not know.
      const parsed = schema.safeParse(JSON.parse(value));
      if (parsed.success) hear(parsed.data);
    }
  };
  const listen = async () => {
    while (!signal.aborted)
      try {
        await listenOnce();
      } catch (error) {
        await sleep(100, undefined, { signal }).catch(() => undefined);
        // It was away for longer than anything is kept: whoever waits for an answer asks again.
        if (protocolError(error) === "OFFSET_OUT_OF_RANGE") offset = await log.end().catch(() => offset);
      }
  };
  const listening = listen();
  const close = async () => {
    closing.abort();
    link.close();
    await listening;
  };
  return { close };
};
