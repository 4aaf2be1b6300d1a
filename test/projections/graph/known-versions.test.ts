import assert from "node:assert/strict";
import { Unavailable } from "#domain/kernel/errors.ts";
import { JsonObject } from "#domain/kernel/json.ts";
import { graph } from "#projections/graph/graph.ts";
import { knownVersions } from "#projections/graph/known-versions.ts";
import { applied } from "#test/support/applied.ts";
import { openDatabase } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";

const link = (type: string, from: string, to: string) => ({ type, from, to, attributes: {} });
const bash = "pkg:deb/debian/bash";

describe("The versions that an advisory may mean", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
    const log = scriptedLog();
    const write = (type: string, source: string, links: readonly object[]) => log.write({ type: `graph.${type}.v1`, stream: `graph.source-${source}`, data: JsonObject.parse({ source, links }) });
    const gone = { type: "contains", from: "image/a", to: `${bash}@4.0` };
    const versions = [`${bash}@5.2?arch=amd64`, `${bash}@5.2?arch=arm64`, `${bash}@4.0`, "pkg:deb/debian/bash-doc@5.2", "pkg:deb/debian/bas@1"];
    write("LinksRecorded", "ci", versions.map((to) => link("contains", "image/a", to)));
    write("LinksWithdrawn", "ci", [gone]);
    write("LinksRecorded", "osv", [link("affects", "vulnerability/V-1", `${bash}@5.2?arch=amd64`)]);
    write("LinksRecorded", "other", [link("affects", "vulnerability/V-1", `${bash}@5.2?arch=arm64`)]);
    await applied(opened.database, graph, [log.events]);
  });
  after(() => opened[Symbol.asyncDispose]());

  it("are those of the package, whatever their architecture, that are there now", async () => {
    const known = knownVersions({ sql: opened.database, caughtUp: async () => true });
    assert.deepEqual([...(await known.of([bash, "pkg:npm/none"]))], [[bash, [`${bash}@5.2?arch=amd64`, `${bash}@5.2?arch=arm64`]]]);
  });

  it("are affected as far as the same source said so", async () => {
    const known = knownVersions({ sql: opened.database, caughtUp: async () => true });
    assert.deepEqual(await known.affectedBy("vulnerability/V-1", "osv"), [`${bash}@5.2?arch=amd64`]);
    assert.deepEqual(await known.affectedBy("vulnerability/V-2", "osv"), []);
  });

  it("are not told by a graph that is behind the log", async () => {
    const known = knownVersions({ sql: opened.database, caughtUp: async () => false });
    await assert.rejects(known.of([bash]), Unavailable);
  });
});
