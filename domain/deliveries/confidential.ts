import type { StoredEvent } from "#domain/kernel/event.ts";

/** Hashes of secrets, who may do what, and URLs that may have a secret in them: for administrators. */
export const isConfidential = ({ type }: Pick<StoredEvent, "type">): boolean => type.startsWith("access.") || /^deliveries\.Endpoint(Created|Reconfigured)\./.test(type);

/** What everybody else sees in the place of such an event's data. */
export const withheld = { withheld: "admin" } as const;

/** The event as it may be shown to those who are no administrators, and be sent to other systems. */
export const publicOf = (event: StoredEvent): StoredEvent => (isConfidential(event) ? { ...event, data: withheld } : event);
