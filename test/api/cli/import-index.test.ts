import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { metadata, task, taskId } from "./support/answers.ts";
import { type Answer, FakeServer } from "./support/fake-server.ts";
import { temporaryFolder, waybill } from "./support/waybill.ts";

const Input = z.looseObject({
  input: z.looseObject({
    publish: z.boolean().optional(),
    targets: z.array(z.object({ path: z.string() })).optional(),
    versions: z.array(z.object({ key: z.string() })).optional(),
  }),
});

/** Keeps what it is given, as the real one does: nothing is recorded twice. */
class Recorder {
  readonly targets = new Set<string>();
  readonly versions = new Set<string>();
  /** Sizes of the commands, in items. */
  readonly sizes: number[] = [];
  #position = 0;
  #pending = false;

  readonly answers = {
    CountTargets: (): Answer => ({ data: { repository: { targetCount: this.targets.size } } }),
    AddTargets: (variables: object): Answer =>
      this.#record("addTargets", this.targets, Input.parse(variables).input.targets?.map(({ path }) => path) ?? []),
    RecordVersions: (variables: object): Answer =>
      this.#record("recordVersions", this.versions, Input.parse(variables).input.versions?.map(({ key }) => key) ?? []),
    Publish: (): Answer => {
      const queued = this.#pending;
      this.#pending = false;
      return this.#answer("publish", 0, queued ? taskId : null);
    },
    NewestMetadata: () => metadata(["timestamp", 2], ["snapshot", 2]),
  };

  #record(field: string, known: Set<string>, items: readonly string[]): Answer {
    this.sizes.push(items.length);
    const fresh = items.filter((item) => !known.has(item));
    for (const item of fresh) known.add(item);
    if (known === this.targets && fresh.length > 0) this.#pending = true;
    return this.#answer(field, Math.min(1, fresh.length), null);
  }

  #answer(field: string, events: number, task: string | null): Answer {
    this.#position += events;
    const receipt = { position: this.#position, eventIds: Array.from({ length: events }, () => "id"), replayed: false };
    return { data: { [field]: { receipt, task: task === null ? null : { taskId: task } } } };
  }
}

const streams = {
  async *FollowTask() {
    yield task("SUCCEEDED");
  },
};

const index = (packages: number): string =>
  Array.from(
    { length: packages },
    (_, at) =>
      `Package: p${at}\nVersion: 1\nArchitecture: all\nDepends: libc6\nFilename: pool/p${at}.deb\nSize: ${at}\nSHA256: ${at.toString(16).padStart(64, "0")}\n`,
  ).join("\n");

const env = (server: FakeServer) => ({ WAYBILL_URL: server.url, WAYBILL_TOKEN: "wb_test" });

describe("waybill import", () => {
  it("adds targets and versions in commands of at most 1,000, then publishes; a second run records nothing", async () => {
    await using folder = await temporaryFolder();
    const recorder = new Recorder();
    await using server = await FakeServer.start({ answers: recorder.answers, streams });
    await writeFile(join(folder.path, "Packages"), index(2500));
    const args = ["import", "demo", "--debian-index", "Packages"];
    const first = await waybill(args, { cwd: folder.path, env: env(server) });
    assert.match(
      first.stdout,
      /^imported 2,500 targets and 2,500 package versions into demo in .*\nevents {4}6\ntargets {3}0 before, 2,500 now\npublished timestamp v2, snapshot v2\n$/,
    );
    assert.match(
      first.stderr,
      /^read 2,500 targets and 2,500 package versions in .*\nimporting: 0 % {2}0\/5,000\nimporting: 100 % {2}5,000\/5,000 {2}[\d,]+\/s\n$/,
    );
    assert.equal(first.code, 0);
    assert.deepEqual([recorder.targets.size, recorder.versions.size, Math.max(...recorder.sizes)], [2500, 2500, 1000]);
    const second = await waybill(args, { cwd: folder.path, env: env(server) });
    assert.match(second.stdout, /^nothing new: all 2,500 targets and 2,500 package versions were there already/);
    assert.ok(server.asked.every(({ name, variables }) => name !== "AddTargets" || Input.parse(variables).input.publish === false));
  });

  it("sends nothing of a file that is broken at its end", async () => {
    await using folder = await temporaryFolder();
    await using server = await FakeServer.start({ answers: new Recorder().answers, streams });
    await writeFile(join(folder.path, "Packages"), index(3000).slice(0, -70));
    const run = await waybill(["import", "demo", "--debian-index", "Packages"], { cwd: folder.path, env: env(server) });
    assert.deepEqual([run.code, run.stdout, server.asked.length], [2, "", 0]);
    assert.match(run.stderr, /^waybill: Packages, line 23999: the file ends in the middle of this line\nnothing was sent/);
  });

  it("records the versions of an npm lock and says why there are no targets", async () => {
    await using server = await FakeServer.start({ answers: new Recorder().answers, streams });
    const args = ["import", "demo", "--npm-lock", "test/api/cli/import/fixtures/package-lock.json", "--source", "project"];
    const run = await waybill(args, { env: env(server) });
    assert.equal(run.code, 0, run.stderr);
    assert.match(
      run.stdout,
      /^imported 3 package versions into demo in .*\nevents {4}1\nno targets: an npm lock knows neither size nor SHA-256 of files\n$/,
    );
    assert.partialDeepStrictEqual(server.asked.find(({ name }) => name === "RecordVersions")?.variables, {
      input: { ecosystem: "npm", source: "project" },
    });
  });

  it("tries again while the server is away", async () => {
    const recorder = new Recorder();
    let tries = 0;
    const AddTargets = (variables: object): Answer =>
      ++tries < 3 ? { error: { code: "UNAVAILABLE", message: "log unavailable" } } : recorder.answers.AddTargets(variables);
    await using folder = await temporaryFolder();
    await using server = await FakeServer.start({ answers: { ...recorder.answers, AddTargets }, streams });
    await writeFile(join(folder.path, "Packages"), index(10));
    const run = await waybill(["import", "demo", "--debian-index", "Packages", "--json"], { cwd: folder.path, env: env(server) });
    assert.equal(run.code, 0, run.stderr);
    assert.partialDeepStrictEqual(JSON.parse(run.stdout), { targets: 10, versions: 10, events: 2, targetsBefore: 0, targetsAfter: 10 });
    assert.match(run.stderr, /log unavailable \(UNAVAILABLE\); trying again/);
  });

  it("stops at Ctrl-C with 130, and started again adds only what is missing", async () => {
    await using folder = await temporaryFolder();
    const recorder = new Recorder();
    // What it had when it was asked for it: the last commands of who was interrupted may still be on their way.
    const counts: number[] = [];
    const CountTargets = (): Answer => (counts.push(recorder.targets.size), recorder.answers.CountTargets());
    await using server = await FakeServer.start({ answers: { ...recorder.answers, CountTargets }, streams, delayMs: 30 });
    await writeFile(join(folder.path, "Packages"), index(3000));
    const args = ["import", "demo", "--debian-index", "Packages", "--batch", "50"];
    const interruption = new AbortController();
    const running = waybill(args, { cwd: folder.path, env: env(server), signal: interruption.signal });
    while (recorder.sizes.length < 20) await sleep(5);
    interruption.abort();
    const run = await running;
    assert.equal(run.code, 130);
    assert.match(run.stderr, /waybill: interrupted\nthe same command again adds only what is missing\n$/);
    counts.length = 0;
    const again = await waybill(args, { cwd: folder.path, env: env(server) });
    assert.equal(again.code, 0, again.stderr);
    const [before = 0] = counts;
    assert.ok(before > 0 && before < 3000, String(before));
    assert.match(again.stdout, new RegExp(`targets   ${before.toLocaleString("en-US")} before, 3,000 now`));
  });
});
