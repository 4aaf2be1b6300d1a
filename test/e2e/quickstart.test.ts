import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Identity } from "#infra/embedded-postgres/machine.ts";
import { temporary } from "#test/support/embedded-postgres/folders.ts";
import { isRoot, plainUser } from "#test/support/embedded-postgres/privileges.ts";
import { thisProject } from "#test/support/embedded-postgres/project.ts";
import { type Newcomer, newcomer } from "#test/support/newcomer.ts";
import { type Engine, engineOfThisRun } from "#test/support/engine.ts";
import { isAnswered } from "#test/support/quickstart.ts";
import { readmeCommands } from "#test/support/readme.ts";

const [install = [], quickstart = [], imports = []] = readmeCommands;

const downloaded = ({ folder }: Newcomer): void => assert.deepEqual(readFileSync(join(folder, "out")), readFileSync(join(folder, "README.md")));

/** The README's own line for the server, on a free port. */
const starts = (reader: Newcomer): void => {
  let engine: Engine | undefined;
  before("npm start", async () => {
    engine = await engineOfThisRun();
    reader.sets({ PORT: "0", ...engine.environment });
    await reader.arrives();
    const [, url = ""] = await reader.leavesRunning(install.at(-1) ?? "", /GraphiQL +(http:\S+)\/graphql\n[^]*Ctrl-C/);
    reader.sets({ WAYBILL_URL: url });
  });
  after("Ctrl-C", async () => {
    await reader.interrupts();
    await engine?.[Symbol.asyncDispose]();
  });
};

describe("The README's first block", () => {
  it("installs and starts, which the rest of this file does", () => assert.deepEqual(install, ["npm ci", "npm start"]));
});

describe("The README's quickstart, line by line", () => {
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
  describe(`The README's quickstart ${where}`, () => {
    const { folder, user } = place();
    const reader = newcomer(folder, user);
    starts(reader);
    it("adds, publishes and downloads", async () => {
      for (const line of quickstart.slice(0, 3)) await isAnswered(reader, line);
      downloaded(reader);
    });
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
