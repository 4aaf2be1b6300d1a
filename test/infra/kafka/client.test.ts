import assert from "node:assert/strict";
import { Unavailable } from "#domain/kernel/errors.ts";
import { CannotStart } from "#infra/cannot-start.ts";
import { readConfig } from "#infra/config.ts";
import { kafkaOf } from "#infra/kafka/settings.ts";
import { prepareTopics } from "#infra/kafka/topics.ts";

const as = (mechanism: string, more = {}) =>
  kafkaOf(readConfig({ KAFKA_BROKERS: "127.0.0.1:1", KAFKA_USER: "waybill", KAFKA_PASSWORD: "secret", KAFKA_SASL_MECHANISM: mechanism, ...more }));

describe("A client of Kafka", () => {
  it("takes a broker that is given by an IPv6 address", () =>
    // Nobody listens there; whatever the system says to that, it names where it was to go.
    assert.rejects(prepareTopics({ brokers: ["[::1]:1"] }, "t", 1), (error) => error instanceof Unavailable && / ::1:1\b/.test(String(error.cause))));

  it("does not send a password as it is over a connection that anybody can read", async () => {
    await assert.rejects(as("plain"), (error) => error instanceof CannotStart && /over TLS only: set KAFKA_TLS_ENABLED=1/.test(error.message));
    assert.equal((await as("plain", { KAFKA_TLS_ENABLED: "1" })).sasl?.mechanism, "plain");
    assert.equal((await as("scram-sha-256")).sasl?.mechanism, "scram-sha-256");
  });
});
