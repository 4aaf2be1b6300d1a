import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Page } from "#commands/ports/event-log.ts";
import { ours, type Place } from "./pages.ts";
import { behind } from "./requests.ts";
import { responses } from "./responses.ts";
import { type LogEvent, logEvent } from "./wire.ts";

/**
 * The log behind a position, past and live, until the server drops the subscription or the signal aborts. A command's events stay
 * together: half a one would have half a receipt.
 */
export const feed =
  ({ server, prefix }: Place, saw: (event: LogEvent) => void) =>
  async function* (after: number, signal: AbortSignal): AsyncGenerator<Page, void> {
    let unfinished: StoredEvent[] = [];
    for await (const portion of responses(server, behind(after, ours(prefix)), { signal })) {
      const events: StoredEvent[] = [];
      let caughtUp = false;
      for (const response of portion) {
        caughtUp = response.hasCaughtUp();
        const found = logEvent(response.getEvent(), prefix);
        if (!found) continue;
        saw(found);
        unfinished.push(found.event);
        if (found.attempt === undefined) continue;
        events.push(...unfinished);
        unfinished = [];
      }
      const position = events.at(-1)?.position;
      if (position !== undefined) yield { events, position, caughtUp };
    }
  };
