import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readDebianIndex } from "#api/cli/import/debian-index.ts";
import { readDecompressed } from "#api/cli/import/decompress.ts";
import type { PackageVersion } from "#domain/graph/events.ts";
import { graphCodec, versionsStream } from "#domain/graph/events.ts";
import { purl, purlParts } from "#domain/graph/purl.ts";
import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import { graph } from "#projections/graph/graph.ts";
import { nodesByNumbers, numberOf } from "#projections/graph/queries.ts";
import { sqlWalks } from "#projections/graph/sql-walks.ts";
import { makeTables } from "#test/support/graphql/tables.ts";
import { freshDatabase } from "#test/support/postgres.ts";

/** Of this machine; the whole main index (63,440 packages, a minute) with WAYBILL_TEST_DEBIAN=main, else the security updates. */
const suites = {
  main: { suite: "bookworm main", file: /_debian_dists_bookworm_main_binary-amd64_Packages\S*$/, hubs: ["libc6", "libstdc++6", "python3", "perl", "zlib1g", "libpng16-16", "postgresql-15", "crossbuild-essential-armhf"], others: 200 },
  security: { suite: "bookworm-security main", file: /_bookworm-security_main_binary-amd64_Packages\S*$/, hubs: ["libssl3", "python3.11", "perl", "systemd", "linux-libc-dev"], others: 25 },
};
const suite = suites[process.env["WAYBILL_TEST_DEBIAN"] === "main" ? "main" : "security"];
const lists = "/var/lib/apt/lists";

const index = (): string | null => {
  try {
    execFileSync("apt-cache", ["--version"], { stdio: "ignore" });
    const name = readdirSync(lists).find((file) => suite.file.test(file));
    return name === undefined ? null : join(lists, name);
  } catch {
    return null;
  }
};

const file = index();

/** apt that knows this index alone, and nothing that is installed. */
const apt = (() => {
  const folder = mkdtempSync(join(tmpdir(), "waybill-apt-"));
  // The index is named after where it came from, which apt must be told in the same words to find it.
  const origin = basename(file ?? "").replace(/_dists_.*$/, "").replaceAll("_", "/");
  writeFileSync(join(folder, "sources.list"), `deb http://${origin} ${suite.suite}\n`);
  const options = ["Dir::State::status=/dev/null", `Dir::Etc::sourcelist=${folder}/sources.list`, "Dir::Etc::sourceparts=/dev/null", `Dir::Cache=${folder}`].flatMap((option) => ["-o", option]);
  const only = ["--recurse", "--important", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances"];
  return (question: string, names: readonly string[]) => execFileSync("apt-cache", [...options, question, ...only, ...names], { encoding: "utf8", maxBuffer: 1e9 });
})();

type Links = Map<string, Set<string>>;

const add = (links: Links, of: string, others: Iterable<string>): void => {
  links.set(of, (links.get(of) ?? new Set()).union(new Set(others)));
};

/**
 * The links that apt tells, by package. The first of the two rules by which it tells others than ours: below a link, further in, stand
 * packages that would do as well (they provide the same), and these are no links. What is in angle brackets is not a package of
 * the index, and `name:any` or `name:armhf` is `name` of any or one architecture.
 */
const linksIn = (text: string): Links => {
  const links: Links = new Map();
  let of = "";
  for (const line of text.split("\n")) {
    const [, other] = /^ [ |](?:(?:Pre)?Depends: )?(\S+)$/.exec(line) ?? [];
    if (other !== undefined) links.get(of)?.add(plain(other));
    else if (/^\S+$/.test(line)) add(links, (of = plain(line)), []);
  }
  return links;
};

const plain = (name: string): string => name.replace(/^<(.*)>$/, "$1").replace(/:[a-z0-9]+$/, "");

/** Everything that links lead to from there, without the start. */
const closure = (starts: readonly string[], links: Links): Set<string> => {
  const found = new Set(starts);
  for (const name of found) for (const other of links.get(name) ?? []) found.add(other);
  return starts.length === 1 ? found.difference(new Set(starts)) : found;
};

/** All links on the ways from the starts: apt is asked for all of them at once, and again for what it was led to by `known` links alone. */
const linksFrom = (starts: readonly string[], question: "depends" | "rdepends", known: Links): Links => {
  const links: Links = new Map();
  for (let fresh = starts; fresh.length > 0; fresh = [...closure(starts, links)].filter((name) => !links.has(name))) {
    const told = linksIn(apt(question, fresh));
    for (const name of new Set([...fresh, ...told.keys()])) add(links, name, [...(told.get(name) ?? []), ...(known.get(name) ?? [])]);
  }
  return links;
};

describe(`the Debian index of this machine beside apt${file === null ? " (not run here: there is no apt with this index)" : ""}`, function () {
  if (file === null) return;
  this.timeout(280_000);
  const closing = new AsyncDisposableStack();
  const opened = (async () => {
    const database = closing.use(await freshDatabase());
    const pool = openPool({ connectionString: database.url, max: 4 });
    closing.defer(() => pool.end());
    return databaseOver(pool);
  })();
  const names: string[] = [];
  const qualified: Links = new Map();

  before(async () => {
    const sql = await opened;
    await makeTables(sql);
    let position = 0;
    for await (const entries of readDebianIndex("index", readDecompressed(file)))
      await sql.transaction(async (writable) => {
        const versions = entries.map(({ version }) => version);
        for (const version of versions) note(version);
        for (let from = 0; from < versions.length; from += 1000) {
          const { type, data } = graphCodec.encode({ type: "VersionsRecorded", ecosystem: "deb", source: "index", versions: versions.slice(from, from + 1000) });
          position++;
          const id = `00000000-0000-4000-8000-${String(position).padStart(12, "0")}`;
          const stored = { id, type, data, stream: versionsStream("deb"), revision: position - 1, position, at: "2026-11-21T00:00:00.000Z", actor: "test", commandId: id, correlationId: id };
          await graph.apply([graph.decode(stored)], writable);
        }
      }, "graph");
    await sql.query({ text: "analyze" });
  });
  after(() => closing.disposeAsync());

  /** The other rule: apt holds a package of any or of a stated architecture to be another one, and does not follow backwards who asks for that. */
  const note = ({ key, dependencies }: PackageVersion) => {
    const name = purlParts(key)?.name ?? "";
    names.push(name);
    for (const { requirement } of dependencies) for (const [, wanted = ""] of requirement.matchAll(/(?:^|\|)\s*([a-z0-9][a-z0-9.+-]*):[a-z0-9]+/g)) add(qualified, wanted, [name]);
  };

  const told = async (name: string, direction: "in" | "out"): Promise<Set<string>> => {
    const sql = await opened;
    const start = await numberOf(sql, purl({ type: "deb", namespace: "debian", name }));
    assert.notEqual(start, null);
    const reached = await sqlWalks(sql).closure({ start: start ?? -1, direction, types: ["depends-on", "contains"], asOf: null, atLeast: 0, depth: null, limit: 1_000_000 });
    const nodes = await nodesByNumbers(sql, Array.from(reached.numbers), null);
    return new Set(nodes.flatMap(({ key, kind }) => (kind === "package" ? (purlParts(key)?.name ?? []) : [])));
  };

  /** Hubs, and every so many of the others. */
  const some = () => [...new Set([...suite.hubs.filter((name) => names.includes(name)), ...names.filter((_, at) => at % Math.ceil(names.length / suite.others) === 0)])];

  const sameAs = async (question: "depends" | "rdepends", direction: "in" | "out", known: Links) => {
    const links = linksFrom(some(), question, known);
    for (const name of some()) {
      const [ours, theirs] = [await told(name, direction), closure([name], links)];
      // Of two lists of tens of thousands of names a failure would not be told within minutes.
      assert.deepEqual({ ours: [...ours.difference(theirs)], theirs: [...theirs.difference(ours)] }, { ours: [], theirs: [] }, `told by one alone of ${name}`);
    }
  };

  it("gives the same dependents to full depth as apt-cache rdepends --recurse", () => sameAs("rdepends", "in", qualified));

  it("gives the same dependencies to full depth as apt-cache depends --recurse", () => sameAs("depends", "out", new Map()));
});
