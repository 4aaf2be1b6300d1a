import assert from "node:assert/strict";
import { projectorMissing } from "#infra/readiness.ts";

describe("A projector's readiness", () => {
  it("waits for owners at the start, outlasts a takeover, and not more", async () => {
    let [now, state]: [number, "running" | "waiting"] = [0, "waiting"];
    const status = async () => [
      { name: "tuf", generation: 1, position: 1, lag: 0, state, error: null, failedPosition: null, failedEvent: null, rebuilding: null },
    ];
    const missing = projectorMissing({ status }, () => now);
    const nobody = ["read model tuf is run by nobody"];
    assert.deepEqual(await missing(), nobody);
    state = "running";
    assert.deepEqual(await missing(), []);
    state = "waiting";
    assert.deepEqual(await missing(), []);
    now = 9_999;
    assert.deepEqual(await missing(), []);
    now = 10_000;
    assert.deepEqual(await missing(), nobody);
  });
});
