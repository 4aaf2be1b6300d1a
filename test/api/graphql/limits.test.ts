import assert from "node:assert/strict";
import { memoryLimiter } from "#infra/memory/limiter.ts";
import { serve } from "#test/support/graphql/client.ts";
import { sessionOf } from "#test/support/graphql/session.ts";

describe("GraphQL beyond a limit of requests", () => {
  const session = sessionOf();

  it("answers 429 with Retry-After, and an error that any GraphQL client shows", async () => {
    const { app } = session();
    await using client = await serve({ ...app.application, rates: { requests: memoryLimiter(1) } }, await app.token("read"));
    assert.equal((await client.ask("{ __typename }")).status, 200);
    const { status, headers, errors, code } = await client.ask("{ __typename }");
    assert.deepEqual([status, code, errors.map(({ extensions }) => extensions.code)], [429, "RATE_LIMITED", ["RATE_LIMITED"]]);
    assert.match(headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  });
});
