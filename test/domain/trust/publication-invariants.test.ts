import assert from "node:assert/strict";
import { hash } from "node:crypto";
import * as fc from "fast-check";
import { binNames } from "#domain/trust/bins.ts";
import type { Settings } from "#domain/trust/events.ts";
import { dueRoles } from "#domain/trust/publication.ts";
import { repositoryDecider } from "#domain/trust/repository.ts";
import type { Target } from "#domain/trust/target.ts";
import { carriedOut, someSettings, someSteps, type Step } from "#test/support/histories.ts";
import { type History, publishedStates, servedFiles, targetsAt, touchedBins } from "#test/support/publisher.ts";
import { delegationsOf, listOf, metaOf, read, rolesFor, rootOf, signedBy } from "#test/support/tuf-reader.ts";

const begin = Date.parse("2026-11-01T12:00:00Z");

const forAnyHistory = (check: (history: History, settings: Settings, steps: readonly Step[]) => void | Promise<void>) => () =>
  fc.assert(
    fc.asyncProperty(someSettings, someSteps(12), async (settings, steps) => check((await carriedOut(settings, steps, begin)).history(), settings, steps)),
    { numRuns: 25 },
  );

const publications = ({ repository }: History) => repository.flatMap((event) => (event.type === "MetadataPublished" ? [event] : []));

/** The files of each published state in turn. */
const states = (history: History) => publishedStates(history).map((state) => ({ state, files: servedFiles(state) }));

// I1 is in publication-clients.test.ts: tuf-js is its judge.
describe("invariants of a publication, for any history", () => {
  it("I2: root versions begin at 1 without a gap, and the root keeps the threshold of its own keys", forAnyHistory((history) => {
    const files = servedFiles(history);
    const root = read(files.get("1.root.json"));
    const { keys, roles } = rootOf(root);
    assert.ok(signedBy(root, roles.root, keys));
    assert.deepEqual([...files.keys()].filter((name) => name.includes("root")), ["1.root.json"]);
  }));

  it("I3: versions of a role are 1, 2, 3 …, and one version has one byte string for ever", forAnyHistory((history) => {
    const issued = publications(history).flatMap(({ files }) => files);
    for (const versions of Map.groupBy(issued, ({ role }) => role).values())
      assert.deepEqual(versions.map(({ version }) => version), versions.map((_, index) => index + 1));
    const first = new Map<string, Buffer>();
    for (const { files } of states(history))
      for (const [name, bytes] of files) {
        assert.deepEqual(bytes, first.get(name) ?? bytes, name);
        if (name !== "timestamp.json") first.set(name, bytes);
      }
  }));

  it("I4: timestamp names the snapshot, the snapshot every version, and all of them are there", forAnyHistory((history) => {
    for (const { files } of states(history)) {
      const { version, length, hashes } = metaOf(read(files.get("timestamp.json")))["snapshot.json"] ?? {};
      const snapshot = files.get(`${version}.snapshot.json`);
      assert.deepEqual([length, hashes?.sha256], [snapshot?.length, sha256(snapshot)]);
      for (const [name, meta] of Object.entries(metaOf(read(snapshot)))) assert.equal(read(files.get(`${meta.version}.${name}`)).signed.version, meta.version);
    }
  }));

  it("I5: no name leaves the snapshot and no version in it falls", forAnyHistory((history) => {
    let before = new Map<string, number>();
    for (const { files } of states(history)) {
      const now = new Map(Object.entries(snapshotMeta(files)).map(([name, { version }]) => [name, version]));
      for (const [name, version] of before) assert.ok((now.get(name) ?? 0) >= version, name);
      before = now;
    }
  }));

  it("I6: each target that is covered is found in one role, its bin, as it was last added, and no other target is", forAnyHistory((history, settings) => {
    for (const { state, files } of states(history)) {
      const meta = snapshotMeta(files);
      const delegations = delegationsOf(read(files.get(`${meta["targets.json"]?.version}.targets.json`)));
      const found = new Map<string, unknown>();
      for (const bin of binNames(settings))
        for (const [path, target] of listOf(read(files.get(`${meta[`${bin}.json`]?.version}.${bin}.json`)))) {
          assert.deepEqual(rolesFor(path, delegations), [bin]);
          found.set(path, target);
        }
      const expected = targetsAt(state.targets, publications(state).at(-1)?.covers ?? -1);
      assert.deepEqual(found, new Map([...expected].map(([path, target]) => [path, asListed(target)])));
    }
  }));

  it("I7: the same history gives the same bytes, and the order within one command does not matter", forAnyHistory(async (history, settings, steps) => {
    const reversed = steps.map((step) => ("add" in step ? { add: step.add.toReversed() } : step));
    const again = (await carriedOut(settings, reversed, begin)).history();
    assert.deepEqual(servedFiles(again), servedFiles(history));
    assert.deepEqual(again.repository, history.repository);
  }));

  it("I8: every file verifies over the canonical form of what it says, with keys that root or targets name", forAnyHistory((history) => {
    const files = servedFiles(history);
    const { keys, roles } = rootOf(read(files.get("1.root.json")));
    const { keys: binKeys, succinct_roles: succinct, roles: explicit = [] } = delegationsOf(read(files.get("1.targets.json")));
    for (const [name, bytes] of files) {
      const role = name.replace(/^\d+\./, "").replace(/\.json$/, "");
      const file = read(bytes);
      if (role === "root" || role === "targets" || role === "snapshot" || role === "timestamp") assert.ok(signedBy(file, roles[role], keys), name);
      else assert.ok(signedBy(file, succinct ?? explicit.find((bin) => bin.name === role) ?? roles.root, binKeys), name);
    }
  }));

  it("I9: after a publication nothing is due, so all will live for more than half of their lives", () =>
    fc.assert(
      fc.asyncProperty(someSettings, someSteps(12), async (settings, steps) => {
        const { now, state, publish } = await carriedOut(settings, steps, begin);
        await publish(now);
        assert.deepEqual(dueRoles(state(), now), []);
        for (const [role, { expires }] of state().roles) assert.ok(expires - now > (lifeOf(settings.expires, role) * 1000) / 2 - 1000, role);
      }),
      { numRuns: 25 },
    ));

  it("I10: published one by one or all at once, bins list the same; and only touched or due bins change", forAnyHistory(async (history, settings, steps) => {
    const atOnce = (await carriedOut(settings, [...steps.filter((step) => !("publishAfter" in step)), publishNow], begin)).history();
    const oneByOne = (await carriedOut(settings, steps.flatMap((step) => [step, publishNow]), begin)).history();
    assert.deepEqual(listsOf(servedFiles(atOnce), settings), listsOf(servedFiles(oneByOne), settings));

    let state = repositoryDecider.initialState;
    for (const event of history.repository) {
      if (event.type === "MetadataPublished" && state && state.roles.size > 0) {
        const touched = touchedBins(history.targets.slice(state.covers + 1, event.covers + 1), settings);
        const due = dueRoles(state, Date.parse(event.files.at(-1)?.expires ?? "") - settings.expires.timestamp * 1000);
        assert.deepEqual(event.files.map(({ role }) => role).filter((role) => !touched.has(role) && !due.includes(role) && role.startsWith("bins-")), []);
      }
      state = repositoryDecider.evolve(state, event);
    }
  }));
});

const publishNow = { publishAfter: 0, leaving: 0 };

const lifeOf = ({ targets, snapshot, timestamp, bins }: Settings["expires"], role: string) => ({ targets, snapshot, timestamp })[role] ?? bins;

const asListed = ({ length, hashes, custom }: Target) => (custom ? { length, hashes, custom } : { length, hashes });

const sha256 = (bytes: Uint8Array = new Uint8Array()) => hash("sha256", bytes);

const snapshotMeta = (files: ReadonlyMap<string, Uint8Array>) =>
  metaOf(read(files.get(`${metaOf(read(files.get("timestamp.json")))["snapshot.json"]?.version}.snapshot.json`)));

const listsOf = (files: ReadonlyMap<string, Uint8Array>, settings: Settings) =>
  binNames(settings).map((bin) => listOf(read(files.get(`${snapshotMeta(files)[`${bin}.json`]?.version}.${bin}.json`))));
