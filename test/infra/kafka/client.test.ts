import assert from "node:assert/strict";
import { Unavailable } from "#domain/kernel/errors.ts";
import { prepareTopics } from "#infra/kafka/topics.ts";

describe("A client of Kafka", () => {
  it("takes a broker that is given by an IPv6 address", () =>
    // Nobody listens there; whatever the system says to that, it names where it was to go.
    assert.rejects(prepareTopics({ brokers: ["[::1]:1"] }, "t", 1), (error) => error instanceof Unavailable && / ::1:1\b/.test(String(error.cause))));
});
