import { z } from "zod";
import { operation } from "#api/cli/operation.ts";
import { connection, page } from "./shared.ts";

export const Event = z.object({
  eventId: z.string(),
  type: z.string(),
  stream: z.string(),
  revision: z.number(),
  position: z.number(),
  at: z.string(),
  actor: z.string(),
  reason: z.string().nullable(),
  commandId: z.string(),
  correlationId: z.string(),
  causationId: z.string().nullable(),
  data: z.unknown(),
});

export type Event = z.infer<typeof Event>;

const event = "eventId type stream revision position at actor reason commandId correlationId causationId data";

export interface EventFilter {
  readonly stream?: string | undefined;
  readonly type?: string | undefined;
  readonly filter?: string | undefined;
}

export const lastEvents = operation<EventFilter & { last: number }>()(
  `query LastEvents($stream: String, $type: String, $filter: String, $last: Int) { events(stream: $stream, type: $type, filter: $filter, last: $last) { edges { node { ${event} } } ${page} } }`,
  z.object({ events: connection(Event) }),
);

export const followEvents = operation<EventFilter & { after: number }>()(
  `subscription FollowEvents($after: Position, $stream: String, $type: String, $filter: String) { events(after: $after, stream: $stream, type: $type, filter: $filter) { ${event} } }`,
  z.object({ events: Event }),
);
