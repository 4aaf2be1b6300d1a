import assert from "node:assert/strict";
import { event } from "#test/api/cli/support/answers.ts";
import { FakeServer } from "#test/api/cli/support/fake-server.ts";
import { waybill } from "#test/api/cli/support/waybill.ts";

const denied = { operation: "addTargets", needed: "write", scope: "read", address: "127.0.0.1", times: 3 };

describe("waybill audit search", () => {
  it("says of a refusal what was refused, and for want of what", async () => {
    const found = [
      { ...event(1, "access.CommandDenied.v1"), data: { ...denied, scope: null, times: 1 } },
      { ...event(2, "access.CommandDenied.v1"), data: denied },
      { ...event(3, "access.TokenIssued.v1"), data: { name: "ci" } },
    ];
    await using server = await FakeServer.start({ answers: { SearchEvents: () => ({ data: { events: { edges: found.map((node) => ({ node })), pageInfo: { hasPreviousPage: false, startCursor: null } } } }) } });
    const { stdout } = await waybill(["audit", "search", "--type", "access.*"], { env: { WAYBILL_URL: server.url, WAYBILL_TOKEN: "wb_test" } });
    const ends = stdout.trim().split("\n").map((line) => line.split("token:1")[1]);
    assert.deepEqual(ends, ["", "  addTargets needs write, has read, 3 times", "  addTargets needs write, no valid token"]);
  });
});
