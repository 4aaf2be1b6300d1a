import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { buildSchema, parse, validate } from "graphql";
import { documents } from "#api/cli/operations/documents.ts";

describe("the CLI's GraphQL operations", () => {
  it("all fit the committed schema", async () => {
    const schema = buildSchema(await readFile("api/graphql/schema.graphql", "utf8"));
    const problems = documents().flatMap((document) => validate(schema, parse(document)).map(({ message }) => `${message} in ${document}`));
    assert.deepEqual(problems, []);
  });

  it("have names, each its own", () => {
    const names = documents().map((document) => /^(?:query|mutation|subscription) (\w+)/.exec(document)?.[1]);
    assert.equal(new Set(names).size, documents().length);
    assert.ok(!names.includes(undefined));
  });
});
