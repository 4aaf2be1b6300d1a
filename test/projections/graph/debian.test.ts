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

/** Of this machine; the whole main index (63,440 packages, half a minute) with WAYBILL_TEST_DEBIAN=main, else the security updates. */
const suites = { main: { suite: "bookworm main", file: /_debian_dists_bookworm_main_binary-amd64_Packages\S*$/ }, security: { suite: "bookworm-security main", file: /_bookworm-security_main_binary-amd64_Packages\S*$/ } };
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

/**
 * The links that apt tells, by package. Below each of them, further in, stand others that provide the same: these are no links. What is
 * in angle brackets is not a package of the index, and `name:any` is `name` of any architecture.
 */
const linksIn = (text: string): Map<string, Set<string>> => {
  const links = new Map<string, Set<string>>();
  let of = new Set<string>();
  for (const line of text.split("\n")) {
    const [, other] = /^ [ |](?:(?:Pre)?Depends: )?(\S+)$/.exec(line) ?? [];
    if (other !== undefined) of.add(plain(other));
    else if (/^\S+$/.test(line)) {
      of = links.get(plain(line)) ?? new Set();
      links.set(plain(line), of);
    }
  }
  return links;
};

const plain = (name: string): string => name.replace(/^<(.*)>$/, "$1").replace(/:any$/, "");

/** Everything that links lead to, asking for more links of what has not been asked about. */
const closure = (start: string, ask: (names: readonly string[]) => Map<string, Set<string>>): string[] => {
  const links = new Map<string, Set<string>>();
  const found = new Set([start]);
  for (let fresh = [start]; fresh.length > 0; fresh = [...found].filter((name) => !links.has(name))) {
    const more = ask(fresh);
    for (const name of new Set([...fresh, ...more.keys()])) links.set(name, new Set([...(links.get(name) ?? []), ...(more.get(name) ?? [])]));
    for (const name of found) for (const other of links.get(name) ?? []) found.add(other);
  }
  found.delete(start);
  return [...found].sort();
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
  const anyOf = new Map<string, Set<string>>();

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

  /** Who asks for a package of any architecture: apt holds that to be another package, and does not follow it backwards. */
  const note = ({ key, dependencies }: PackageVersion) => {
    const name = purlParts(key)?.name ?? "";
    names.push(name);
    for (const { requirement } of dependencies)
      for (const [, wanted = ""] of requirement.matchAll(/(?:^|\|)\s*([a-z0-9][a-z0-9.+-]*):any\b/g)) anyOf.set(wanted, (anyOf.get(wanted) ?? new Set()).add(name));
  };

  const told = async (name: string, direction: "in" | "out"): Promise<string[]> => {
    const sql = await opened;
    const start = await numberOf(sql, purl({ type: "deb", namespace: "debian", name }));
    assert.notEqual(start, null);
    const reached = await sqlWalks(sql).closure({ start: start ?? -1, direction, types: ["depends-on", "contains"], asOf: null, atLeast: 0, depth: null, limit: 1_000_000 });
    const nodes = await nodesByNumbers(sql, Array.from(reached.numbers), null);
    return nodes.flatMap(({ key, kind }) => (kind === "package" ? (purlParts(key)?.name ?? []) : [])).sort();
  };

  /** Hubs, and every so many of the others; apt needs minutes for the hubs of the whole index. */
  const some = () => {
    const asked = names.filter((_, at) => at % Math.ceil(names.length / (suite === suites.main ? 8 : 25)) === 0);
    const hubs = suite === suites.main ? ["libzvbi0", "postgresql-15"] : ["libssl3", "python3.11", "perl", "systemd", "linux-libc-dev"];
    return [...new Set([...hubs.filter((name) => names.includes(name)), ...asked])];
  };

  it("gives the same dependents to full depth as apt-cache rdepends --recurse", async () => {
    for (const name of some()) {
      const theirs = closure(name, (asked) => {
        const links = linksIn(apt("rdepends", asked));
        for (const [wanted, by] of anyOf) links.set(wanted, new Set([...(links.get(wanted) ?? []), ...by]));
        return links;
      });
      assert.deepEqual(await told(name, "in"), theirs, name);
    }
  });

  it("gives the same dependencies to full depth as apt-cache depends --recurse", async () => {
    for (const name of some()) {
      const theirs = closure(name, (asked) => linksIn(apt("depends", asked)));
      assert.deepEqual(await told(name, "out"), theirs, name);
    }
  });
});
