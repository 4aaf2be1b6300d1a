import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { eventDocs, eventSchemas } from "#infra/event-docs.ts";

describe("docs/events.md", () => {
  it("is what `npm run docs` makes of the schemas", () => assert.equal(readFileSync("docs/events.md", "utf8"), eventDocs()));

  it("says of every event what it means", () => {
    const sections = eventDocs().split("\n## ").slice(1);
    assert.equal(sections.length, Object.keys(eventSchemas()).length);
    for (const section of sections) assert.match(section, /^\S+\n\n[A-Z][^|]{10,}\n\n\| field/, section.slice(0, 60));
  });
});
