import { z } from "zod";
import { codec } from "#domain/kernel/codec.ts";
import { event } from "#domain/kernel/event.ts";
import { Filter } from "./filter.ts";

const position = z.int().min(0);

/** What is known of a signing secret: the secret itself is in the vault. */
export const SecretCard = z
  .strictObject({
    id: z.uuid(),
    /** `hmac-sha256`: both sides know it (`whsec_`). `ed25519`: the receiver knows `publicKey` only. */
    algorithm: z.enum(["hmac-sha256", "ed25519"]),
    /** For people to tell secrets apart: 8 hex digits that say nothing of the secret. */
    fingerprint: z.string().regex(/^[0-9a-f]{8}$/),
    /** `whpk_` and base64, for Ed25519. */
    publicKey: z.string().startsWith("whpk_").nullable(),
  })
  .readonly();
export type SecretCard = z.infer<typeof SecretCard>;

const settings = {
  url: z.url({ protocol: /^https?$/ }).max(2048),
  filter: Filter,
  /** For people. */
  description: z.string().max(200),
  /** An event that was not taken for so many seconds is put aside, and the next one is sent; null: nothing is ever put aside. */
  deadLetterAfter: z.int().min(1).nullable(),
};

/** What an endpoint is told to be. */
export const EndpointSettings = z.strictObject(settings).readonly();
export type EndpointSettings = z.infer<typeof EndpointSettings>;

/** Stream `deliveries.endpoint-<id>`, as all of these. Events behind the position `after` that fit the filter are sent to the URL from now on. */
export const EndpointCreated = event("EndpointCreated", { endpoint: z.uuid(), ...settings, secret: SecretCard, after: position });

/** It gets other events, or gets them elsewhere; what was sent stays sent. */
export const EndpointReconfigured = event("EndpointReconfigured", { endpoint: z.uuid(), ...settings });

/** Deliveries are signed with this secret, and until `previousUntil` with the one before it, too. */
export const SecretRotated = event("SecretRotated", { endpoint: z.uuid(), secret: SecretCard, previousUntil: z.iso.datetime() });

/** Nothing is sent any more; the place in the log is kept. `gone`: it answered 410. `failing`: it took nothing for three days. */
export const EndpointDisabled = event("EndpointDisabled", {
  endpoint: z.uuid(),
  reason: z.enum(["asked", "gone", "failing"]),
  /** What it said last, in words. */
  detail: z.string().max(1000),
});

/** It goes on where it stopped. */
export const EndpointEnabled = event("EndpointEnabled", { endpoint: z.uuid() });

/** It is gone, and its secrets with it. */
export const EndpointDeleted = event("EndpointDeleted", { endpoint: z.uuid() });

/** Everything behind `after` is sent again, in order, each event under its first `webhook-id`, and then what comes. */
export const ReplayRequested = event("ReplayRequested", {
  endpoint: z.uuid(),
  after: position,
  /** Where the endpoint or the log stood: up to here it is a repetition, at `rate`. */
  until: position,
  /** Events a second, at most. */
  rate: z.number().positive().nullable(),
});

/** One event is sent once, out of order: again (`resend`), or to try the endpoint (`test`), then under a `webhook-id` of its own. */
export const DeliveryRequested = event("DeliveryRequested", {
  endpoint: z.uuid(),
  request: z.uuid(),
  kind: z.enum(["resend", "test"]),
  position: z.int().min(1),
});

/** The endpoint did not take an event for too long; it was put aside, and the next one was sent. It can be sent again by hand. */
export const DeadLettered = event("DeadLettered", {
  endpoint: z.uuid(),
  position: z.int().min(1),
  eventId: z.uuid(),
  eventType: z.string(),
  attempts: z.int().min(1),
  /** What went wrong last, in words. */
  reason: z.string().max(1000),
});

/** An event that was sent again by hand was taken: where it was put aside, it is so no longer. */
export const ResendTaken = event("ResendTaken", { endpoint: z.uuid(), request: z.uuid(), position: z.int().min(1) });

/** Everything up to here was sent. Said now and then, so that a lost database does not send all of history again. */
export const CursorNoted = event("CursorNoted", { endpoint: z.uuid(), position });

export const DeliveryEvent = z.discriminatedUnion("type", [
  EndpointCreated,
  EndpointReconfigured,
  SecretRotated,
  EndpointDisabled,
  EndpointEnabled,
  EndpointDeleted,
  ReplayRequested,
  DeliveryRequested,
  DeadLettered,
  ResendTaken,
  CursorNoted,
]);
export type DeliveryEvent = z.infer<typeof DeliveryEvent>;

export const deliveriesCodec = codec("deliveries", DeliveryEvent);
export const endpointStream = (id: string) => `deliveries.endpoint-${id}`;
