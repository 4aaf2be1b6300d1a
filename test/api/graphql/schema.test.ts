import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { printedSchema } from "#api/graphql/schema.ts";

describe("schema.graphql", () => {
  it("is what the code says: after a change run `npm run schema`", () => {
    assert.equal(readFileSync(new URL("../../../api/graphql/schema.graphql", import.meta.url), "utf8"), printedSchema());
  });
});
