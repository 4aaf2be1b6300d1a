import assert from "node:assert/strict";
import { z } from "zod";
import { commandIdOf, eventId, newId } from "#commands/kernel/command-id.ts";

describe("Ids", () => {
  it("of commands are UUIDv7 with the time in front", () => {
    const id = newId(Date.UTC(2026, 10, 21));
    assert.ok(z.uuidv7().safeParse(id).success, id);
    assert.equal(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16), Date.UTC(2026, 10, 21));
    assert.notEqual(newId(0), newId(0));
  });

  it("of an idempotency key are the same for the same parts and no others", () => {
    assert.equal(commandIdOf("a", "bc"), commandIdOf("a", "bc"));
    assert.notEqual(commandIdOf("a", "bc"), commandIdOf("ab", "c"));
    assert.ok(z.uuid().safeParse(commandIdOf("a")).success);
  });

  it("of events follow from the command and keep its time", () => {
    const command = newId(1_700_000_000_000);
    assert.equal(eventId(command, 0), eventId(command, 0));
    assert.notEqual(eventId(command, 0), eventId(command, 1));
    assert.equal(eventId(command, 3).slice(0, 13), command.slice(0, 13));
    assert.ok(z.uuidv7().safeParse(eventId(command, 0)).success);
    assert.ok(z.uuid().safeParse(eventId(commandIdOf("key"), 0)).success);
  });
});
