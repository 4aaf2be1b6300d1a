import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { TrustChange } from "#api/cli/audit/trust-changes.ts";
import { trustLines } from "#api/cli/audit/trust-lines.ts";
import { event } from "#test/api/cli/support/answers.ts";
import { outputOn } from "#test/api/cli/support/output.ts";

const { eventId: id, commandId, ...told } = event(6, "trust.MetadataPublished.v1");
const by = { ...told, id, commandId, reason: undefined, causationId: undefined };
const hex = (index: number) => index.toString(16).padStart(2, "0");
const bins = (from: number, to: number, version: number) => Array.from({ length: to - from + 1 }, (_, index) => `bins-${hex(from + index)} v${version}`);

const linesOf = (change: TrustChange["change"], whats: readonly string[]) => {
  const { output } = outputOn();
  const changes = whats.map((what) => ({ change, repository: "demo", what, sha256: null, position: 6, event: "event-6", actor: "token:1", at: by.at }));
  return trustLines(output, { by, changes }).slice(1).map(stripVTControlCharacters);
};

describe("What a publication changed", () => {
  it("is one line, with bins that follow one another in one version as one", () =>
    assert.deepEqual(linesOf("published", [...bins(0, 47, 1), "targets v1", "snapshot v1"]), ["  ~ demo: bins-00 to bins-2f v1, targets v1, snapshot v1"]));

  it("tells bins of different versions and with gaps apart", () =>
    assert.deepEqual(linesOf("published", [...bins(0, 3, 1), ...bins(4, 5, 2), ...bins(8, 10, 2)]), ["  ~ demo: bins-00 to bins-03 v1, bins-04 v2, bins-05 v2, bins-08 to bins-0a v2"]));

  it("counts what is scattered too widely", () =>
    assert.match(linesOf("published", Array.from({ length: 100 }, (_, at) => `bins-${hex(2 * at)} v2`)).join("\n"), /, bins-16 v2 and 88 more roles$/));

  it("is a line for each target", () => assert.deepEqual(linesOf("removed", ["a v1", "b"]), ["  - demo: a v1", "  - demo: b"]));
});
