import assert from "node:assert/strict";
import { isKeptFrom } from "#domain/deliveries/silence.ts";

const [one, other] = ["01939c1e-8f2a-8c55-b3a0-5d1e6f0a9b7c", "01939c1e-8f2a-8c55-b3a0-5d1e6f0a9b7d"];
const dead = (endpoint: string, eventType: string) => ({ type: "deliveries.DeadLettered.v1", data: { endpoint, eventType } });

describe("What an endpoint is not told", () => {
  it("is how far endpoints are", () => {
    assert.equal(isKeptFrom(one, { type: "deliveries.CursorNoted.v1", data: { endpoint: other, position: 1 } }), true);
    assert.equal(isKeptFrom(one, { type: "deliveries.EndpointDisabled.v1", data: { endpoint: one } }), false);
  });

  it("is that it was made: it is sent what came after that", () => {
    const created = { type: "deliveries.EndpointCreated.v1", data: { endpoint: one } };
    assert.deepEqual([isKeptFrom(one, created), isKeptFrom(other, created)], [true, false]);
    assert.equal(isKeptFrom(one, { type: "deliveries.EndpointReconfigured.v1", data: { endpoint: one } }), false);
  });

  it("is its own dead letters, while it is told those of others", () => {
    assert.equal(isKeptFrom(one, dead(one, "trust.TargetsAdded.v1")), true);
    assert.equal(isKeptFrom(one, dead(other, "trust.TargetsAdded.v1")), false);
  });

  it("is a dead letter for a dead letter: two that both fail would tell each other for ever", () =>
    assert.equal(isKeptFrom(one, dead(other, "deliveries.DeadLettered.v1")), true));
});
