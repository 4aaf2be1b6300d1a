import assert from "node:assert/strict";
import { tokenCodec } from "#domain/access/events.ts";
import { token } from "#domain/access/token.ts";
import { isRefusal } from "#domain/kernel/decider.ts";
import { issueToken } from "#commands/access/issue-token.ts";
import { revokeToken } from "#commands/access/revoke-token.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import { newId } from "#commands/kernel/command-id.ts";
import { memoryLog } from "#infra/memory/event-log.ts";

const cause = (commandId = newId()) => ({ actor: "test", commandId, correlationId: commandId });

describe("Revoking a token", () => {
  it("never says that a token is revoked because another was, under the same idempotency key", async () => {
    const tokens = aggregate(token, tokenCodec, memoryLog());
    const issue = async (name: string) => {
      const issued = await issueToken(tokens)({ name, scope: "read", expires: null }, cause());
      assert.ok(!isRefusal(issued));
      return issued.token;
    };
    const [one, other] = [await issue("one"), await issue("other")];
    const key = cause();
    assert.ok(!isRefusal(await revokeToken(tokens)({ token: one }, key)));
    const answer = await revokeToken(tokens)({ token: other }, key);
    assert.ok(isRefusal(answer) && answer.refused === "IDEMPOTENCY_KEY_REUSED");
  });
});
