import { eventId, newId } from "#commands/kernel/command-id.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { JsonObject } from "#domain/kernel/json.ts";

/** Callers that each append to a stream of their own, the next when the last is acknowledged, with the revision they expect. */
export interface Load {
  readonly callers: number;
  readonly eventsPerAppend: number;
  readonly milliseconds: number;
}

/** One caller: appends `events` to its stream each time it is called. */
export type Caller = (events: readonly JsonObject[]) => Promise<void>;

/** Events per second. */
export const rate = async (callers: readonly Caller[], { eventsPerAppend, milliseconds }: Load): Promise<number> => {
  const began = performance.now();
  let events = 0;
  await Promise.all(
    callers.map(async (append) => {
      while (performance.now() - began < milliseconds) {
        await append(Array.from({ length: eventsPerAppend }, (_, index) => order(events + index)));
        events += eventsPerAppend;
      }
    }),
  );
  return Math.round((events / (performance.now() - began)) * 1000);
};

/** About 300 bytes of JSON. */
const order = (number: number): JsonObject => ({
  order: number,
  customer: `customer-${number % 1000}`,
  lines: [
    { sku: "sku-1234", quantity: 2, price: "12.50" },
    { sku: "sku-5678", quantity: 1, price: "99.00" },
  ],
  address: { street: "Main Street 1", city: "Springfield", zip: "12345" },
  note: "please leave it with the neighbours if nobody answers the door, thank you",
});

export const callersOf = (log: EventLog, count: number): Caller[] =>
  Array.from({ length: count }, () => callerOf(log, `bench.order-${newId()}`));

const callerOf = (log: EventLog, stream: string): Caller => {
  let revision = -1;
  return async (events) => {
    const commandId = newId();
    const receipt = await log.append(
      stream,
      events.map((data, index) => ({ id: eventId(commandId, index), type: "bench.OrderPlaced.v1", data })),
      { expected: revision < 0 ? "none" : revision, cause: { actor: "system", commandId, correlationId: commandId } },
    );
    revision = receipt.revision;
  };
};

/** Events per second of reading everything, or the first `most` events, in pages of 1,000. */
export const readRate = async (log: EventLog, most = Infinity): Promise<number> => {
  const began = performance.now();
  let [position, events] = [0, 0];
  for (;;) {
    const page = await log.readAll({ after: position, limit: 1000 });
    position = page.position;
    events += page.events.length;
    if (page.caughtUp || events >= most) return Math.round((events / (performance.now() - began)) * 1000);
  }
};
