import { matcherOf, typesOf } from "#domain/deliveries/filter.ts";
import { wireTypes } from "#domain/deliveries/wire-types.ts";
import { Unauthenticated } from "#api/access/unauthenticated.ts";
import { eventJson } from "./event-json.ts";
import { isAdmin, type Reading } from "./feeds.ts";
import { written } from "./written.ts";

const pageEvents = 500;

/**
 * One event a line, up to where the log was when it began (header `Waybill-Until`). An export that did not come to its end is cut, not
 * completed: whoever asks again behind the position of the last whole line misses nothing.
 */
export const exportEvents = async ({ log, response, filter, after, until, signal, reader, closing }: Reading): Promise<void> => {
  const end = Math.min(until ?? Number.POSITIVE_INFINITY, await log.head());
  const isWanted = matcherOf(filter);
  const types = typesOf(filter, wireTypes);
  const cut = () => response.destroy();
  closing.addEventListener("abort", cut, { once: true });
  try {
    for (let position = after ?? 0, ended = position >= end; !ended; ) {
      const page = await log.readAll({ after: position, limit: pageEvents, types });
      if (signal.aborted) return void cut();
      const principal = await reader();
      if (!principal) throw new Unauthenticated();
      begin(response, end);
      const lines = page.events.filter((event) => event.position <= end && isWanted(event)).map((event) => `${eventJson(event, isAdmin(principal))}\n`);
      if (lines.length > 0) await written(response, lines.join(""));
      position = page.position;
      ended = page.caughtUp || position >= end;
    }
    begin(response, end).end();
  } finally {
    closing.removeEventListener("abort", cut);
  }
};

const begin = (response: Reading["response"], end: number): Reading["response"] => {
  if (!response.headersSent)
    response.set({ "Content-Type": "application/x-ndjson; charset=utf-8", "Cache-Control": "no-store", "Waybill-Until": String(end) }).status(200);
  return response;
};
