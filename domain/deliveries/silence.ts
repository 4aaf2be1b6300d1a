import type { StoredEvent } from "#domain/kernel/event.ts";

const deadLettered = "deliveries.DeadLettered.";

/**
 * What an endpoint is not told, whatever its filter: that it was made; and what would lead to another event of its kind, for ever: how far
 * endpoints are; its own dead letters; and the dead letters of dead letters, which two endpoints that both fail would make of each other's.
 */
export const isKeptFrom = (endpoint: string, { type, data }: Pick<StoredEvent, "type" | "data">): boolean => {
  if (type.startsWith("deliveries.CursorNoted.")) return true;
  if (type.startsWith("deliveries.EndpointCreated.")) return data["endpoint"] === endpoint;
  if (!type.startsWith(deadLettered)) return false;
  const { endpoint: of, eventType } = data;
  return of === endpoint || (typeof eventType === "string" && eventType.startsWith(deadLettered));
};
