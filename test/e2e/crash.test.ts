import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ask } from "#test/support/graphql.ts";
import { patience } from "#test/support/projecting.ts";
import { add, bootstrap, contentOf, settled } from "#test/support/publishing.ts";
import { type TufClient, tufClients } from "#test/support/tuf-client.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";

const crashing = "test/support/crashing-main.ts";

/** Where the process kills itself, and what that is in the list of reference crash points of a TUF publisher. */
const points = [
  { at: "after:TargetsAdded", what: "when the add is in the log and nothing else" },
  { at: "apply:TargetsAdded", what: "when a projection has written the add and not committed" },
  { at: "after:TaskQueued", what: "when the publication is queued" },
  { at: "after:TaskLeased", what: "when the publisher holds the lease" },
  { at: "sign:snapshot", what: "C1: when the bins are signed and the snapshot is not" },
  { at: "sign:timestamp", what: "C2: when the snapshot is signed and the timestamp is not" },
  { at: "before:MetadataPublished", what: "C2: when everything is signed and nothing recorded" },
  { at: "after:MetadataPublished", what: "C3: between the append and the projection" },
  { at: "apply:MetadataPublished", what: "C3: when the projection has written the files and not committed" },
  { at: "commit:MetadataPublished", what: "C5: when clients see it and nobody has recorded that it is done" },
  { at: "before:TaskSucceeded", what: "C5: before the task is reported" },
];

/** Every version of every role, as clients were or would be served it. */
const versionsOf = async (waybill: TestWaybill): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const role of ["root", "timestamp", "snapshot", "targets", "bins-0", "bins-1", "bins-2", "bins-3"]) {
    const { metadata } = await ask(
      waybill,
      "query ($role: String!) { metadata(repository: \"demo\", role: $role, first: 1000) { edges { node { version sha256 } } } }",
      { role },
      z.object({ metadata: z.object({ edges: z.array(z.object({ node: z.object({ version: z.int(), sha256: z.string() }) })) }) }),
    );
    for (const { node } of metadata.edges) found.set(`${node.version}.${role}`, node.sha256);
  }
  return found;
};

describe("Waybill killed", () => {
  let waybill: TestWaybill;
  let clients: Awaited<ReturnType<typeof tufClients>>;
  /** Clients that have known every published state, from the first on. */
  const warm: TufClient[] = [];
  const acknowledged: string[] = [];
  let issued: ReadonlyMap<string, string> = new Map();

  before(async () => {
    waybill = await startWaybill();
    clients = await tufClients(() => `${waybill.url}/tuf/demo`);
    await bootstrap(waybill, "demo", 4);
    await add(waybill, "demo", ["first"]);
    acknowledged.push("first");
    await settled(waybill, "demo");
  });
  after(async () => {
    await clients[Symbol.asyncDispose]();
    await waybill[Symbol.asyncDispose]();
  });

  for (const { at, what } of points)
    it(`${what} (${at}) loses nothing acknowledged and issues no version twice`, async () => {
      const client = await clients.cold();
      await client.refresh();
      warm.push(client);
      issued = await versionsOf(waybill);

      await waybill.kill();
      await waybill.start({ main: crashing, environment: { CRASH_AT: at } });
      const name = `dir/added ${at}`;
      // The answer may be lost with the process; asked again under the same name it is the same command.
      const answered = await add(waybill, "demo", [name, `${name} too`]).then(() => true, () => false);
      await Promise.race([waybill.ended(), sleep(patience, undefined, { ref: false }).then(() => assert.fail(`it never came to ${at}`))]);
      assert.doesNotMatch(waybill.output(), /a part failed/);

      await waybill.start({});
      if (!answered) await add(waybill, "demo", [name, `${name} too`]);
      acknowledged.push(name, `${name} too`);
      await settled(waybill, "demo");
      const now = await versionsOf(waybill);
      for (const [file, sha256] of issued) assert.equal(now.get(file), sha256, `${file} has other bytes than before`);
      for (const one of [await clients.cold(), ...(await Promise.all(warm.map((old) => old.copy()))), client])
        assert.equal(await one.fetch(name), contentOf(name));
      const cold = await clients.cold();
      for (const target of acknowledged) assert.equal(await cold.fetch(target), contentOf(target));
    });

  it("leaves versions without a gap, each issued once", async () => {
    const versions = [...(await versionsOf(waybill)).keys()];
    for (const role of ["root", "timestamp", "snapshot", "targets", "bins-0", "bins-1", "bins-2", "bins-3"]) {
      const mine = versions.filter((file) => file.endsWith(`.${role}`)).map((file) => Number.parseInt(file, 10));
      assert.deepEqual(mine.toSorted((a, b) => a - b), mine.map((_, index) => index + 1), role);
    }
  });
});
