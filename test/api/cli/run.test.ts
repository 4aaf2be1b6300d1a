import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { catalog, entriesOf } from "#api/cli/catalog.ts";
import { exitMeanings } from "#api/cli/exit.ts";
import { runHere } from "./support/run-here.ts";
import { waybill } from "./support/waybill.ts";

describe("waybill's command line", () => {
  for (const [args, message] of [
    [["stauts"], /there is no command "stauts"\ndid you mean: waybill status\?/],
    [["init"], /NAME is missing\nusage: waybill init NAME/],
    [["init", "demo", "--bins", "3"], /--bins must be a power of two, not 3/],
    [["init", "demo", "--bins", "many"], /--bins must be a whole number from 2 to 1024, not "many"/],
    [["init", "demo", "--bin-form", "round"], /--bin-form must be succinct or explicit, not "round"/],
    [["graph", "path", "a/b", "a/c", "--direction", "up"], /--direction must be out, in or both, not "up"/],
    [["audit", "nothing"], /there is no command "audit nothing"\none of: verify, replay, diff/],
    [["graph", "import", "--npm-lock", "package-lock.json"], /there is no option --npm-lock\nsee: waybill graph import --help/],
    [["init", "demo", "--bns", "2"], /there is no option --bns\ndid you mean --bins\?/],
    [["status", "--json=yes"], /--json takes no value/],
    [["status", "extra"], /unexpected argument "extra"/],
    [["events", "--after", "-1"], /--after must be a whole number from 0/],
    [["--url", "ftp://x", "status"], /"ftp:\/\/x" is no address of a server/],
    [["import", "demo"], /say what to import: --debian-index FILE or --npm-lock FILE/],
    [["token", "create", "ci"], /--scope is missing/],
  ] as const)
    it(`exits with 2 at waybill ${args.join(" ")}`, async () => {
      const run = await runHere(args);
      assert.deepEqual([run.code, run.stdout], [2, ""]);
      assert.match(run.stderr, message);
    });

  it("says nothing but usage on standard error where no command is given", async () => {
    const run = await runHere([]);
    assert.deepEqual([run.code, run.stdout], [2, ""]);
    assert.match(run.stderr, /Usage: waybill COMMAND/);
  });

  it("takes global options in front of the command and behind it", async () => {
    for (const args of [
      ["--url", "http://127.0.0.1:1", "--json", "status"],
      ["status", "--url=http://127.0.0.1:1", "-q"],
    ])
      assert.equal((await runHere(args)).code, 5);
  });
});

/** Lines that a terminal would break. */
const wide = (text: string) => text.split("\n").filter((line) => line.length > 80);

describe("waybill's help", () => {
  it("tells of every command and fits into 80 columns", async () => {
    const { code, stdout } = await waybill(["--help"]);
    assert.deepEqual([code, wide(stdout)], [0, []]);
    for (const { name } of entriesOf(catalog)) assert.match(stdout, new RegExp(`^  ${name} `, "m"));
  });

  for (const { name, summary, load } of entriesOf(catalog))
    it(`describes ${name} as the overview does, with its options and examples`, async () => {
      const command = await load();
      assert.deepEqual([command.name, command.summary], [name, summary]);
      const { code, stdout } = await runHere([name, "--help"]);
      assert.deepEqual([code, wide(stdout)], [0, []]);
      for (const option of Object.keys(command.options))
        assert.ok(stdout.includes(`--${option}`) || stdout.includes(`--no-${option}`), option);
      assert.deepEqual((await runHere(["help", name])).stdout, stdout);
    });

  it("describes a command of a group by either order of words", async () => {
    const { stdout } = await runHere(["graph", "nodes", "--help"]);
    assert.deepEqual([stdout.startsWith("waybill graph nodes: "), (await runHere(["help", "graph", "nodes"])).stdout], [true, stdout]);
    assert.match((await runHere(["help", "graph", "neighbors"])).stderr, /there is no command "graph neighbors"\ndid you mean: waybill graph neighbours\?/);
    assert.match((await runHere(["help", "status", "nodes"])).stderr, /status has no commands of its own/);
  });

  it("documents every exit code", async () => {
    const { stdout } = await runHere(["help", "exit-codes"]);
    for (const [code, meaning] of exitMeanings) assert.ok(stdout.includes(`${code}  ${meaning}`));
  });

  it("answers --version", async () => {
    assert.match((await runHere(["--version"])).stdout, /^waybill \d+\.\d+\.\d+ \(Node v/);
    assert.match((await runHere(["--version", "--json"])).stdout, /^\{"version":/);
  });
});

describe("waybill completion", () => {
  it("makes a script that bash understands and that completes", async () => {
    const { stdout } = await runHere(["completion", "bash"]);
    const complete = (...words: readonly string[]) =>
      new Promise<string[]>((resolve) => {
        const script = `${stdout}\nCOMP_WORDS=(waybill ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}; _waybill; printf '%s\\n' "\${COMPREPLY[@]}"`;
        const child = spawn("bash", ["-c", script]);
        let text = "";
        child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
        child.on("close", () => resolve(text.trim().split("\n")));
      });
    assert.deepEqual(await complete("st"), ["status"]);
    assert.deepEqual(await complete("init", "demo", "--bin"), ["--bins", "--bin-form"]);
    assert.deepEqual(await complete("init", "demo", "--bin-form", ""), ["succinct", "explicit"]);
    assert.deepEqual(await complete("token", "cr"), ["create"]);
  });

  it("makes scripts for zsh and fish, and tells what it has not", async () => {
    assert.match((await runHere(["completion", "zsh"])).stdout, /^#compdef waybill\n/);
    assert.match((await runHere(["completion", "fish"])).stdout, /-l bin-form -x -a 'succinct explicit'/);
    assert.equal((await runHere(["completion", "powershell"])).code, 2);
  });
});
