import { endpointStream } from "#domain/deliveries/events.ts";
import type { EndpointCommand } from "#domain/deliveries/endpoint.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Endpoints } from "#commands/deliveries/endpoints.ts";
import { commandIdOf, newId } from "#commands/kernel/command-id.ts";
import type { Request } from "./store.ts";

/** What the engine finds out that must be in the log. */
export interface Outcomes {
  readonly disabled: (endpoint: string, reason: "gone" | "failing", detail: string) => Promise<unknown>;
  readonly deadLettered: (endpoint: string, event: StoredEvent, attempts: number, reason: string) => Promise<unknown>;
  /** `asked` is the event that asked for it. Says it once, however often. */
  readonly resent: (request: Pick<Request, "id" | "endpoint" | "position">, asked: StoredEvent | null) => Promise<unknown>;
  readonly noted: (endpoint: string, position: number) => Promise<unknown>;
}

/** An endpoint that is gone by now refuses; that is an answer, too. */
export const outcomesOn = (endpoints: Endpoints, owner: string): Outcomes => {
  const record = (endpoint: string, outcome: Extract<EndpointCommand, { type: "Record" }>["outcome"], cause?: StoredEvent | null, commandId = newId()) => {
    const because = cause ? { correlationId: cause.correlationId, causationId: cause.id } : { correlationId: commandId };
    return endpoints.handle(endpointStream(endpoint), { type: "Record", outcome }, { actor: `deliverer:${owner}`, commandId, ...because });
  };
  return {
    disabled: (endpoint, reason, detail) => record(endpoint, { type: "EndpointDisabled", reason, detail: detail.slice(0, 1000) }),
    deadLettered: (endpoint, event, attempts, reason) => {
      const { position, id: eventId, type: eventType } = event;
      return record(endpoint, { type: "DeadLettered", position, eventId, eventType, attempts, reason: reason.slice(0, 1000) }, event);
    },
    resent: ({ id: request, endpoint, position }, asked) => record(endpoint, { type: "ResendTaken", request, position }, asked, commandIdOf("resend taken", request)),
    noted: (endpoint, position) => record(endpoint, { type: "CursorNoted", position }),
  };
};
