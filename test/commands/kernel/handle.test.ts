import assert from "node:assert/strict";
import { z } from "zod";
import { codec } from "#domain/kernel/codec.ts";
import { type Decider, isRefusal, refuse } from "#domain/kernel/decider.ts";
import { event } from "#domain/kernel/event.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import { commandIdOf, newId } from "#commands/kernel/command-id.ts";
import type { EventLog, Receipt } from "#commands/ports/event-log.ts";
import { memoryLog } from "#infra/memory/event-log.ts";

const Booked = event("Booked", { seat: z.int() });
const seatsCodec = codec("seats", z.discriminatedUnion("type", [Booked]));
type BookedEvent = z.infer<typeof Booked>;

/** Three seats; a seat that is taken is refused, asking for none is already so. */
const seats: Decider<number, readonly number[], BookedEvent, "TAKEN"> = {
  initialState: [],
  decide: (seat, taken) => {
    if (seat === 0) return [];
    return taken.includes(seat) ? refuse("TAKEN", "taken", { seat }) : [{ type: "Booked", seat }];
  },
  evolve: (taken, { seat }) => [...taken, seat],
};

const cause = (commandId = newId()) => ({ actor: "test", commandId, correlationId: commandId });
const accepted = (answer: Receipt | object): Receipt => {
  assert.ok("eventIds" in answer, JSON.stringify(answer));
  return answer;
};
/** Two processes on one log, each with its own memos. */
const processes = (log: EventLog) => [aggregate(seats, seatsCodec, log), aggregate(seats, seatsCodec, log)] as const;

describe("Handling a command", () => {
  it("appends what was decided and says where it landed", async () => {
    const log = memoryLog();
    const [one] = processes(log);
    const { eventIds, ...receipt } = accepted(await one.handle("s", 1, cause()));
    assert.deepEqual(receipt, { position: 1, stream: "s", revision: 0, replayed: false });
    const [stored] = await log.read("s");
    assert.deepEqual([stored?.type, stored?.data, stored?.id], ["seats.Booked.v1", { seat: 1 }, eventIds[0]]);
  });

  it("decides again on what others appended since", async () => {
    const [one, other] = processes(memoryLog());
    accepted(await one.handle("s", 1, cause()));
    accepted(await other.handle("s", 2, cause()));
    const answer = await one.handle("s", 2, cause());
    assert.ok(isRefusal(answer) && answer.refused === "TAKEN");
    assert.equal(accepted(await one.handle("s", 3, cause())).revision, 2);
  });

  it("answers a command sent again with its first receipt, whatever has become of the state since", async () => {
    const [one, other] = processes(memoryLog());
    const command = cause(commandIdOf("key"));
    const first = accepted(await one.handle("s", 1, command));
    accepted(await one.handle("s", 2, cause()));
    assert.deepEqual(accepted(await one.handle("s", 1, command)), { ...first, replayed: true });
    assert.deepEqual(accepted(await other.handle("s", 3, command)), { ...first, replayed: true });
  });

  it("refuses a command id that belongs to a command on another stream, whether there is something to record or not", async () => {
    const [one] = processes(memoryLog());
    const command = cause(commandIdOf("key"));
    accepted(await one.handle("s", 1, command));
    for (const seat of [1, 0]) {
      const answer = await one.handle("another", seat, command);
      assert.ok(isRefusal(answer) && answer.refused === "IDEMPOTENCY_KEY_REUSED");
    }
    assert.equal((await one.latest("another")).revision, -1);
  });

  it("appends nothing where it is already so, and says how far the stream is", async () => {
    const [one, other] = processes(memoryLog());
    assert.deepEqual(accepted(await one.handle("s", 0, cause())), { position: 0, stream: "s", revision: -1, eventIds: [], replayed: false });
    accepted(await other.handle("s", 1, cause()));
    assert.deepEqual(accepted(await one.handle("s", 0, cause())), { position: 1, stream: "s", revision: 0, eventIds: [], replayed: false });
  });

  it("lets every one of many racing processes have its seat, once", async () => {
    const log = memoryLog();
    const racers = Array.from({ length: 8 }, () => aggregate(seats, seatsCodec, log));
    const answers = await Promise.all(racers.flatMap(({ handle }) => [1, 2, 3].map((seat) => handle("s", seat, cause()))));
    assert.equal(answers.filter((answer) => !isRefusal(answer)).length, 3);
    assert.deepEqual((await log.read("s")).map(({ revision }) => revision), [0, 1, 2]);
  });

  it("folds a long stream a stretch at a time", async () => {
    const log = memoryLog();
    const [one, other] = processes(log);
    for (const seat of Array.from({ length: 600 }, (_, index) => index + 1)) accepted(await one.handle("s", seat, cause()));
    const stretches: (number | undefined)[] = [];
    const reading = aggregate(seats, seatsCodec, { ...log, read: (stream, options) => (stretches.push(options?.limit), log.read(stream, options)) });
    assert.deepEqual(await reading.latest("s"), await other.latest("s"));
    assert.deepEqual(stretches, [256, 256, 256]);
    assert.equal((await reading.latest("s")).revision, 599);
  });

  it("shows the state at the stream's end to those who decide elsewhere", async () => {
    const [one, other] = processes(memoryLog());
    assert.deepEqual(await one.latest("s"), { state: [], revision: -1, position: 0 });
    accepted(await other.handle("s", 2, cause()));
    assert.deepEqual(await one.latest("s"), { state: [2], revision: 0, position: 1 });
  });
});
