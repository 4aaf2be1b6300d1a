import type { z } from "zod";
import { Unavailable } from "#domain/kernel/errors.ts";
import { groups } from "#infra/log/groups.ts";
import type { KafkaServer } from "./client.ts";
import { openLink } from "./link.ts";
import { topicLog } from "./topic-log.ts";

/** Says something to all who listen to a topic; in the order of saying, sometimes twice. Throws `Unavailable`. */
export interface Mouth {
  readonly say: (texts: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

export const openMouth = (server: KafkaServer, topic: string): Mouth => {
  const link = openLink(server);
  const say = groups<readonly string[], true>(async (group) => {
    const messages = group.flat().map((value) => ({ key: "", value }));
    const topicData = [{ topic, partitions: [{ partition: 0, firstSequence: 0, messages }] }];
    await link.ask({ topic }, (broker) => broker.produce({ acks: -1, timeout: 5000, topicData }));
    return group.map(() => true);
  }, { weigh: (texts) => texts.reduce((sum, { length }) => sum + length + 100, 0), most: 1_000_000 });
  const close = async () => {
    await say[Symbol.asyncDispose]();
    link.close();
  };
  return {
    say: async (texts) => {
      // A record each where they are large: pieces of one request.
      if (texts.length > 1) for (const text of texts) await say([text]);
      else await say(texts);
    },
    close,
  };
};

/** Hears what is said on a topic from now on. What was said while no broker answered is heard later. */
export interface Ear {
  readonly close: () => Promise<void>;
}

export const openEar = async <Schema extends z.ZodType>(
  server: KafkaServer, topic: string, { schema, hear }: { readonly schema: Schema; readonly hear: (message: z.infer<Schema>) => void },
): Promise<Ear> => {
  const link = openLink(server);
  const log = topicLog(link, topic);
  let offset = await log.end().catch((error: unknown) => {
    link.close();
    throw error;
  });
  let closed = false;
  const listen = async () => {
    while (!closed)
      try {
        const { records, nextOffset } = await log.fetchFrom(offset, { maxBytes: 4_000_000, maxWaitMs: 5000 });
        offset = nextOffset;
        for (const { value } of records) {
          const parsed = schema.safeParse(JSON.parse(value?.toString() ?? "null"));
          // Another version of this program may say what this one does not know.
          if (parsed.success) hear(parsed.data);
        }
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        // Where so little is kept that the place is gone: whoever waits for an answer asks again.
        offset = await log.end().catch(() => offset);
      }
  };
  const listening = listen();
  const close = async () => {
    closed = true;
    link.close();
    await listening;
  };
  return { close };
};
