import assert from "node:assert/strict";
import { causeOf } from "#commands/policies/policy.ts";

describe("The cause of a policy's command", () => {
  const event = { id: "0197d2a0-0000-7000-8000-000000000001", correlationId: "request-1", traceparent: "00-aa-bb-01" };

  it("is the same every time the same event is answered", () => {
    assert.deepEqual(causeOf("publication", event, 0), causeOf("publication", event, 0));
  });

  it("is another for another command, policy or event", () => {
    const ids = [
      causeOf("publication", event, 0),
      causeOf("publication", event, 1),
      causeOf("notice", event, 0),
      causeOf("publication", { ...event, id: "0197d2a0-0000-7000-8000-000000000002" }, 0),
    ].map(({ commandId }) => commandId);
    assert.equal(new Set(ids).size, 4);
  });

  it("names the policy and carries on what led to the event", () => {
    const { actor, correlationId, causationId, traceparent } = causeOf("publication", event, 0);
    assert.deepEqual([actor, correlationId, causationId, traceparent], ["policy:publication", "request-1", event.id, "00-aa-bb-01"]);
  });
});
