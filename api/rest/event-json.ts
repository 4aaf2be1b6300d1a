import { publicOf } from "#domain/deliveries/confidential.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";

/** An event on one line, as the log keeps it; the cursor first. */
export const eventJson = (event: StoredEvent, whole: boolean): string => {
  const { position, id, type, stream, revision, at, ...rest } = whole ? event : publicOf(event);
  return JSON.stringify({ position, id, type, stream, revision, at, ...rest });
};
