import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Identity } from "#infra/embedded-postgres/machine.ts";
import { temporary } from "#test/support/embedded-postgres/folders.ts";
import { isRoot, plainUser } from "#test/support/embedded-postgres/privileges.ts";
import { thisProject } from "#test/support/embedded-postgres/project.ts";
import { type Newcomer, newcomer } from "#test/support/newcomer.ts";
import { engineOfThisRun } from "#test/support/engine.ts";
import { readmeCommands } from "#test/support/readme.ts";

const [install = [], quickstart = [], imports = []] = readmeCommands;

/** What a reader looks for in what a command prints, by the beginning of the command. */
const answers: ReadonlyMap<string, readonly RegExp[]> = new Map([
  ["npx waybill init demo", [/^made repository demo /m, /^metadata +http:.+\/tuf\/demo\/metadata\/$/m, /next: npx waybill add demo/]],
  ["npx waybill add demo README.md package.json --wait", [/^added 2 targets to demo/m, /^published timestamp v2, snapshot v2, bins-/m]],
  ["npx waybill download demo README.md -o out", [/^verified README\.md/m, /timestamp v2/]],
  ["npx waybill show demo", [/^repository +demo$/m, /^targets +2$/m, /^timestamp +2 /m, /^snapshot +2 /m]],
  ["npx waybill remove demo package.json --wait", [/^removed 1 target from demo/m, /^published timestamp v3/m]],
  ["npx waybill events --limit 5", [/trust\.TargetsRemoved\.v1 +trust\.targets-demo#1$/m, /trust\.MetadataPublished\.v1/]],
  ["npx waybill status", [/^Waybill .+ head at position \d+$/m, /^tuf +\d+ +0 +1 +running$/m, /publication +idle/]],
  ["npx waybill import demo --debian-index", [/^imported \d+ targets and \d+ package versions into demo/m, /^published timestamp v4/m]],
  ["npx waybill import demo --npm-lock", [/^imported \d+ package versions into demo/m]],
]);

const isAnswered = async (reader: Newcomer, line: string): Promise<void> => {
  const [, expected] = [...answers].find(([command]) => line.startsWith(command)) ?? [];
  assert.ok(expected, `README.md says "${line}", and this test does not know what that prints`);
  const { code, text } = await reader.types(line);
  assert.equal(code, 0, `${line}\n${text}`);
  for (const pattern of expected) assert.match(text, pattern, line);
};

const downloaded = ({ folder }: Newcomer): void => assert.deepEqual(readFileSync(join(folder, "out")), readFileSync(join(folder, "README.md")));

/** Addresses that a newcomer, who has nothing of this process's environment, is told. */
const servers = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (/^(KAFKA|EVENTSTORE)_/.test(name) && value ? [[name, value]] : [])));

/** The README's own line for the server, on a free port. */
const starts = (reader: Newcomer): void => {
  before("npm start", async () => {
    const { environment } = await engineOfThisRun();
    reader.sets({ ...servers, PORT: "0", ...environment });
    await reader.arrives();
    const [, url = ""] = await reader.leavesRunning(install.at(-1) ?? "", /GraphiQL +(http:\S+)\/graphql\n[^]*Ctrl-C/);
    reader.sets({ WAYBILL_URL: url });
  });
};

describe("The README's first block", () => {
  it("installs and starts, which the rest of this file does", () => assert.deepEqual(install, ["npm ci", "npm start"]));
});

describe("The README's quickstart, line by line", function () {
  this.timeout(60_000);
  const reader = newcomer(join(temporary("waybill-"), "project"));
  const lists = temporary("waybill-lists-");
  starts(reader);

  for (const line of quickstart) it(line, () => isAnswered(reader, line));

  it("has downloaded what was added, byte by byte", () => downloaded(reader));
  it("has made clients blind for what was removed", async () => {
    const { code, text } = await reader.types("npx waybill download demo package.json -o gone");
    assert.equal(code, 3, text);
    assert.match(text, /package\.json/);
  });

  for (const line of imports)
    if (line.includes("/var/lib/apt/lists/"))
      it(`${line} (with an index of a few packages in place of Debian's)`, async () => {
        copyFileSync(join(thisProject.root, "test/api/cli/import/fixtures/Packages"), join(lists, "mirror_bookworm_main_binary-amd64_Packages.lz4"));
        await isAnswered(reader, line.replace("/var/lib/apt/lists/", `${lists}/`));
      });
    else it(line, () => isAnswered(reader, line));

  it("ends with Ctrl-C", async () => {
    const { text } = await reader.interrupts();
    assert.match(text, /stopping …/);
    assert.doesNotMatch(text, /error|at file:/i);
  });
});

/** One add and one verified download, where things are not as on the author's machine. */
const works = (where: string, place: () => { readonly folder: string; readonly user?: Identity | undefined }): void => {
  describe(`The README's quickstart ${where}`, function () {
    this.timeout(60_000);
    const { folder, user } = place();
    const reader = newcomer(folder, user);
    starts(reader);
    it("adds, publishes and downloads", async () => {
      for (const line of quickstart.slice(0, 3)) await isAnswered(reader, line);
      downloaded(reader);
    });
    after(() => reader.interrupts());
  });
};

works("from a folder with a space in its name", () => ({ folder: join(temporary("way bill "), "the project") }));

works(`from a folder below one that only ${isRoot ? "root" : "its owner"} may enter`, () => {
  const closed = join(temporary("waybill-"), "closed");
  mkdirSync(closed, { mode: 0o700 });
  return { folder: join(closed, "project") };
});

// Where the tests run as a plain user, all of the above did.
if (isRoot) works("as a plain user", () => ({ folder: join(temporary("waybill-"), "project"), user: plainUser }));
