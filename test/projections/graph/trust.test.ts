import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { linkTypes } from "#domain/graph/kinds.ts";
import { JsonObject } from "#domain/kernel/json.ts";
import { MetadataPublished, RepositoryEstablished } from "#domain/trust/events.ts";
import { graph } from "#projections/graph/graph.ts";
import { linksPage, nodeByKey } from "#projections/graph/queries.ts";
import { applied } from "#test/support/applied.ts";
import { openDatabase } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";

const golden = (type: string) => JsonObject.parse(JSON.parse(readFileSync(new URL(`../../golden/events/${type}.json`, import.meta.url), "utf8")));
const key = "f0".repeat(32);
const by = ({ keyids }: { readonly keyids: readonly string[] }) =>
  keyids.map((keyid) => `signed-by key/${keyid}`).sort((one, other) => (one < other ? -1 : 1));

describe("The graph of a TUF repository", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
  });
  after(() => opened[Symbol.asyncDispose]());

  it("says which keys signed for which of its roles, the last time each", async () => {
    const established = RepositoryEstablished.parse({ type: "RepositoryEstablished", ...golden("trust.RepositoryEstablished.v1") });
    const { repository, root, binKey } = established;
    const [first] = MetadataPublished.parse({ type: "MetadataPublished", ...golden("trust.MetadataPublished.v1"), repository }).files;
    assert.ok(first);
    const published = (role: string, keyid: string) => ({
      type: "trust.MetadataPublished.v1",
      stream: "trust.repository-demo",
      data: JsonObject.parse({ repository, covers: -1, files: [{ ...first, role, signatures: [{ keyid, sig: "00" }] }] }),
    });
    const log = scriptedLog();
    log.write({ type: "trust.RepositoryEstablished.v1", stream: "trust.repository-demo", data: golden("trust.RepositoryEstablished.v1") });
    log.write(published("timestamp", key), published("bins-0a", key));
    await applied(opened.database, graph, [log.events.slice(0, 2), log.events.slice(2)]);

    const signers = async (at: number) => {
      const node = await nodeByKey(opened.database, `repository/${repository}`, at);
      const all = { after: null, before: null, limit: 100, backward: false };
      const { rows } = await linksPage(opened.database, { node: node?.number ?? -1, direction: "out", types: linkTypes, at }, all);
      const roles = rows.flatMap(({ link: { type, toKey, claims } }) => claims.map(({ attributes }) => [type, toKey, attributes] as const));
      const of = (role: string) => roles.filter(([, , attributes]) => JSON.stringify(attributes).includes(`"${role}"`)).map(([type, to]) => `${type} ${to}`);
      return Object.fromEntries(["root", "targets", "snapshot", "timestamp", "bins"].map((role) => [role, of(role).sort((one, other) => (one < other ? -1 : 1))]));
    };
    const { roles } = root.signed;
    const first4 = { root: by(roles.root), targets: by(roles.targets), snapshot: by(roles.snapshot), timestamp: by(roles.timestamp) };
    assert.deepEqual(await signers(1), { ...first4, bins: [`signed-by key/${binKey.keyid}`] });
    assert.deepEqual(await signers(2), { ...first4, timestamp: [`signed-by key/${key}`], bins: [`signed-by key/${binKey.keyid}`] });
    assert.deepEqual(await signers(3), { ...first4, timestamp: [`signed-by key/${key}`], bins: [`signed-by key/${key}`] });
  });
});
