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

export const lastEvents = operation<EventFilter & { last: number; before?: string | null }>()(
  `query LastEvents($stream: String, $type: String, $filter: String, $last: Int, $before: String) { events(stream: $stream, type: $type, filter: $filter, last: $last, before: $before) {
    edges { node { ${event} } } pageInfo { hasPreviousPage startCursor } position } }`,
  z.object({
    events: z.object({
      edges: z.array(z.object({ node: Event })),
      pageInfo: z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullable() }),
      position: z.number(),
    }),
  }),
);

export const followEvents = operation<EventFilter & { after: number }>()(
  `subscription FollowEvents($after: Position, $stream: String, $type: String, $filter: String) { events(after: $after, stream: $stream, type: $type, filter: $filter) { ${event} } }`,
  z.object({ events: Event }),
);

export const showLedger = operation<{ after?: number | undefined }>()(
  `query ShowLedger($after: Position) { ledger(after: $after) { origin key size checkpoint position stale } }`,
  z.object({
    ledger: z.object({
      origin: z.string().nullable(),
      key: z.string().nullable(),
      size: z.number(),
      checkpoint: z.string().nullable(),
      position: z.number(),
      stale: z.boolean(),
    }),
  }),
);

export const proveInclusion = operation<{ event?: string | undefined; position?: number | undefined }>()(
  `query ProveInclusion($event: ID, $position: Position) {
    inclusionProof(event: $event, position: $position) { index size position eventId hashes checkpoint tlogProof } }`,
  z.object({
    inclusionProof: z
      .object({
        index: z.number(),
        size: z.number(),
        position: z.number(),
        eventId: z.string(),
        hashes: z.array(z.string()),
        checkpoint: z.string(),
        tlogProof: z.string(),
      })
      .nullable(),
  }),
);

export const publishedCheckpoints = operation()(
  `query PublishedCheckpoints { events(type: "audit.CheckpointPublished.v1", last: 1000) { edges { node { position data } } ${page} } }`,
  z.object({ events: connection(z.object({ position: z.number(), data: z.object({ checkpoint: z.string() }) })) }),
);

export interface EventSearch {
  readonly stream?: string | undefined;
  readonly type?: string | undefined;
  readonly actor?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly text?: string | undefined;
}

export const searchEvents = operation<EventSearch & { last: number; before?: string | undefined }>()(
  `query SearchEvents($stream: String, $type: String, $actor: String, $correlationId: String, $since: DateTime, $until: DateTime, $text: String, $last: Int, $before: String) {
    events(stream: $stream, type: $type, actor: $actor, correlationId: $correlationId, since: $since, until: $until, text: $text, last: $last, before: $before) {
      edges { node { ${event} } } pageInfo { hasPreviousPage startCursor } } }`,
  z.object({ events: z.object({ edges: z.array(z.object({ node: Event })), pageInfo: z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullable() }) }) }),
);

interface EventGiven {
  readonly event?: string | undefined;
  readonly position?: number | undefined;
}

export const showCauses = operation<EventGiven>()(
  `query ShowCauses($event: ID, $position: Position) { causes(event: $event, position: $position) { ${event} } }`,
  z.object({ causes: z.array(Event) }),
);

export const showEffects = operation<EventGiven & { limit: number }>()(
  `query ShowEffects($event: ID, $position: Position, $limit: Int) { effects(event: $event, position: $position, limit: $limit) { events { depth event { ${event} } } truncated } }`,
  z.object({ effects: z.object({ events: z.array(z.object({ depth: z.number(), event: Event })), truncated: z.boolean() }) }),
);
