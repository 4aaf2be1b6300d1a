import type { EndpointCode, EndpointCommand, EndpointState } from "#domain/deliveries/endpoint.ts";
import type { Aggregate } from "#commands/kernel/aggregate.ts";
import type { Clock } from "#commands/ports/clock.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Forbidden } from "#commands/ports/reachable.ts";
import type { Secrets } from "#commands/ports/secrets.ts";

/** The streams of webhook endpoints, one each. */
export type Endpoints = Aggregate<EndpointCommand, EndpointState, EndpointCode>;

/** What the commands about webhooks need. */
export interface DeliveryNeeds {
  readonly endpoints: Endpoints;
  readonly secrets: Secrets;
  readonly forbidden: Forbidden;
  readonly log: Pick<EventLog, "head">;
  readonly clock: Clock;
}
