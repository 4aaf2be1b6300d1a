import type { IndexedPage } from "#infra/log/index/log-index.ts";
import { ours, type Place } from "./pages.ts";
import { behind } from "./requests.ts";
import { responses } from "./responses.ts";
import { type Seen, seen } from "./wire.ts";

/**
 * The log behind a position, past and live, until the server drops the subscription or the signal aborts. A command's events stay
 * together: half a one would have half a receipt.
 */
export const feed =
  ({ server, prefix }: Place, saw: (event: Seen) => void) =>
  async function* (after: number, signal: AbortSignal): AsyncGenerator<IndexedPage, void> {
    let unfinished: Seen[] = [];
    for await (const portion of responses(server, behind(after, ours(prefix)), { signal })) {
      const events: Seen[] = [];
      for (const response of portion) {
        const found = seen(response.getEvent(), prefix);
        if (!found) continue;
        saw(found);
        unfinished.push(found);
        if (found.attempt === undefined) continue;
        events.push(...unfinished);
        unfinished = [];
      }
      const position = events.at(-1)?.position;
      if (position !== undefined) yield { events, position };
    }
  };
