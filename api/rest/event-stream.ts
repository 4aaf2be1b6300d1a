import { setInterval } from "node:timers";
import { feed } from "#api/feeds/feed.ts";
import { eventJson } from "./event-json.ts";
import { type Reading, isAdmin } from "./feeds.ts";
import { written } from "./written.ts";

/**
 * Server-sent events (HTML, 9.2): `id:` is the position, so that a browser goes on by itself where it was cut. Where nothing fits the
 * filter for long, an `id:` without data moves the reader on. Ends when the process does: clients then come again, elsewhere.
 */
export const streamEvents = async ({ log, response, filter, after, signal, reader, heartbeatMs }: Reading): Promise<void> => {
  const from = after ?? (await log.head());
  response.set({ "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no" });
  response.flushHeaders();
  response.write("retry: 1000\n\n");
  const at = { seen: from, told: from, written: Date.now() };
  const beat = setInterval(() => {
    // Who does not read what is there needs no sign of life.
    if (response.writableNeedDrain || Date.now() - at.written < heartbeatMs) return;
    response.write(at.seen > at.told ? `:\nid: ${at.seen}\n\n` : ":\n\n");
    Object.assign(at, { told: at.seen, written: Date.now() });
    void reader().then((principal) => principal ?? response.end(), () => undefined);
  }, heartbeatMs / 3);
  try {
    for await (const page of feed(log, { after: from, filter, signal })) {
      const principal = await reader();
      if (!principal) break;
      for (const event of page.events) {
        await written(response, `id: ${event.position}\ndata: ${eventJson(event, isAdmin(principal))}\n\n`);
        if (signal.aborted) return;
        Object.assign(at, { told: event.position, written: Date.now() });
      }
      at.seen = page.position;
    }
  } finally {
    clearInterval(beat);
    response.end();
  }
};
