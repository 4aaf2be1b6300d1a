import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { done, metadata, projection, status, task, taskId } from "./support/answers.ts";
import { FakeServer, type Script } from "./support/fake-server.ts";
import { temporaryFolder, waybill } from "./support/waybill.ts";

const publishing: Script = {
  answers: {
    AddTargets: () => done("addTargets", { task: taskId }),
    RemoveTargets: () => done("removeTargets", { task: taskId }),
    Publish: () => done("publish", { events: 0 }),
    NewestMetadata: () => metadata(["snapshot", 5], ["bins-3f", 2], ["timestamp", 5]),
    Status: () =>
      status(
        [projection("tuf"), projection("tasks", { lag: 3 })],
        [{ name: "w1", kind: "publication", state: "idle", lastSeen: "2026-11-21T12:00:00.000Z" }],
      ),
    IssueToken: () => ({
      data: { issueToken: { receipt: { position: 1, eventIds: ["e"], replayed: false }, tokenId: taskId, secret: "wb_secret" } },
    }),
  },
  streams: {
    async *FollowTask() {
      yield task("QUEUED", { position: 7 });
      yield task("SUCCEEDED", { position: 9 });
    },
  },
};

const env = (server: FakeServer) => ({ WAYBILL_URL: server.url, WAYBILL_TOKEN: "wb_test" });

describe("waybill add", () => {
  it("stores the files, adds them as targets and tells what became visible", async () => {
    await using folder = await temporaryFolder();
    await using server = await FakeServer.start(publishing);
    await mkdir(join(folder.path, "dist"));
    await writeFile(join(folder.path, "README.md"), "hello");
    await writeFile(join(folder.path, "dist/app.bin"), Buffer.alloc(300_000, 7));
    const { code, stdout, stderr } = await waybill(["add", "demo", "./README.md", "dist/../dist/app.bin", "--wait"], {
      cwd: folder.path,
      env: env(server),
    });
    assert.equal(stderr, "");
    assert.match(stdout, /^added 2 targets to demo \(300\.0 KB\)\npublished timestamp v5, snapshot v5, bins-3f v2 in [\d.]+ m?s\n$/);
    assert.equal(code, 0);
    const input = server.asked.find(({ name }) => name === "AddTargets")?.variables["input"];
    assert.partialDeepStrictEqual(input, {
      repository: "demo",
      publish: true,
      targets: [
        { path: "README.md", length: 5, sha256: createHash("sha256").update("hello").digest("hex") },
        { path: "dist/app.bin", length: 300_000 },
      ],
    });
  });

  it("takes whole folders with -r, a prefix, facts, and no publication", async () => {
    await using folder = await temporaryFolder();
    await using server = await FakeServer.start(publishing);
    await mkdir(join(folder.path, "dist/sub"), { recursive: true });
    await writeFile(join(folder.path, "dist/b"), "b");
    await writeFile(join(folder.path, "dist/sub/a"), "a");
    await symlink("sub", join(folder.path, "dist/round"));
    const args = ["add", "demo", "-r", "dist", "--prefix", "v1/", "--custom", '{"os":"linux"}', "--no-publish", "--json"];
    const { code, stdout } = await waybill(args, { cwd: folder.path, env: env(server) });
    assert.equal(code, 0);
    assert.partialDeepStrictEqual(JSON.parse(stdout), {
      repository: "demo",
      targets: [{ path: "v1/dist/b", custom: { os: "linux" } }, { path: "v1/dist/sub/a" }],
    });
    assert.partialDeepStrictEqual(server.asked, [{ name: "AddTargets", variables: { input: { publish: false } } }]);
  });

  it("sends nothing where one of the files cannot be a target", async () => {
    await using folder = await temporaryFolder();
    await using server = await FakeServer.start(publishing);
    await writeFile(join(folder.path, "good"), "g");
    await writeFile(join(folder.path, "100%"), "b");
    const { code, stdout, stderr } = await waybill(["add", "demo", "good", "100%"], { cwd: folder.path, env: env(server) });
    assert.match(stderr, /100%.*must not contain any of \? # % \\\n.*--as PATH/);
    assert.deepEqual([code, stdout, server.uploads.length, server.asked.length], [2, "", 0, 0]);
  });

  it("never makes a target of an absolute path or one with ..", async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "here"));
    await writeFile(join(folder.path, "outside"), "o");
    const run = await waybill(["add", "demo", "../outside"], { cwd: join(folder.path, "here") });
    assert.equal(run.code, 2);
    assert.match(run.stderr, /outside of this folder\nname the target: --as PATH/);
  });

  it("exits with 1 and the reason when the publication failed", async () => {
    await using folder = await temporaryFolder();
    await using server = await FakeServer.start({
      ...publishing,
      streams: {
        async *FollowTask() {
          yield task("FAILED", { error: { code: "UNAVAILABLE", message: "vault unavailable" } });
        },
      },
    });
    await writeFile(join(folder.path, "f"), "f");
    const run = await waybill(["add", "demo", "f", "--wait"], { cwd: folder.path, env: env(server) });
    assert.equal(run.code, 1);
    assert.match(run.stderr, new RegExp(`^waybill: task ${taskId} failed: vault unavailable \\(UNAVAILABLE\\)`));
  });

  it("says while it waits why the publication takes so long", async () => {
    await using folder = await temporaryFolder();
    await using server = await FakeServer.start({
      ...publishing,
      streams: {
        async *FollowTask() {
          yield task("QUEUED", { position: 8, error: { code: "UNAVAILABLE", message: "vault unavailable" } });
          yield task("RUNNING", { position: 9 });
          yield task("SUCCEEDED", { position: 10 });
        },
      },
    });
    await writeFile(join(folder.path, "f"), "f");
    const run = await waybill(["add", "demo", "f", "--wait"], { cwd: folder.path, env: env(server) });
    assert.deepEqual([run.code, run.stderr], [0, "attempt 1 failed: vault unavailable (UNAVAILABLE); the server tries again\n"]);
  });

  it("asks for the task again and again where the subscription does not hold", async () => {
    await using folder = await temporaryFolder();
    let asked = 0;
    await using server = await FakeServer.start({
      answers: { ...publishing.answers, Task: () => task(++asked < 3 ? "RUNNING" : "SUCCEEDED", { position: 8 + asked }) },
      streams: {
        async *FollowTask() {
          yield task("QUEUED", { position: 7 });
          yield "cut";
        },
      },
    });
    await writeFile(join(folder.path, "f"), "f");
    const run = await waybill(["add", "demo", "f", "--wait"], { cwd: folder.path, env: env(server) });
    assert.equal(run.stderr, "");
    assert.match(run.stdout, /published timestamp v5/);
    assert.equal(asked, 3);
  });
});

const refusal = (code: string) => ({
  answers: { RemoveTargets: () => ({ error: { code, message: "No", issues: [{ path: ["paths", 0], message: "must not be empty" }] } }) },
});

describe("waybill's exit codes and messages", () => {
  for (const [code, exit, hint] of [
    ["TARGET_NOT_FOUND", 3, "see which there are: waybill show NAME --targets"],
    ["REPOSITORY_NOT_FOUND", 3, "waybill init NAME"],
    ["INVALID_INPUT", 2, "paths.0: must not be empty"],
    ["FORBIDDEN", 4, "--scope write"],
    ["UNAVAILABLE", 5, "No (UNAVAILABLE)"],
    ["DEFECT", 1, "the server's log says more"],
  ] as const)
    it(`exits with ${exit} at ${code}, in words on standard error only`, async () => {
      await using server = await FakeServer.start(refusal(code));
      const run = await waybill(["remove", "demo", "x"], { env: env(server) });
      assert.deepEqual([run.code, run.stdout], [exit, ""]);
      assert.ok(run.stderr.startsWith(`waybill: No (${code})\n`), run.stderr);
      assert.ok(run.stderr.includes(hint), run.stderr);
    });

  it("exits with 5 where no server is, and tells how to start it", async () => {
    const run = await waybill(["status"], { env: { WAYBILL_URL: "http://127.0.0.1:1" } });
    assert.deepEqual([run.code, run.stdout], [5, ""]);
    assert.match(run.stderr, /^waybill: cannot connect to http:\/\/127\.0\.0\.1:1: .*\nis the server running\? start it with: npm start/);
  });

  it("exits with 4 without a token", async () => {
    await using server = await FakeServer.start(publishing);
    const run = await waybill(["status"], { env: { WAYBILL_URL: server.url, WAYBILL_DATA: "/nonexistent" } });
    assert.equal(run.code, 4);
    assert.match(run.stderr, /UNAUTHENTICATED\)\n.*admin-token/);
  });

  it("finds the token of a server on this machine in WAYBILL_DATA", async () => {
    await using folder = await temporaryFolder();
    await using server = await FakeServer.start({ ...publishing, token: "wb_admin" });
    await writeFile(join(folder.path, "admin-token"), "wb_admin\n", { mode: 0o600 });
    const run = await waybill(["status"], { env: { WAYBILL_URL: server.url, WAYBILL_DATA: folder.path } });
    assert.equal(run.code, 0);
  });

  it("exits with 130 at Ctrl-C", async () => {
    await using server = await FakeServer.start({
      streams: {
        async *FollowTask() {
          yield task("RUNNING");
          await new Promise((resolve) => setTimeout(resolve, 20_000).unref());
        },
      },
    });
    const interruption = new AbortController();
    const run = await waybill(["task", taskId, "--follow"], {
      env: env(server),
      signal: interruption.signal,
      onStdout: () => interruption.abort(),
    });
    assert.deepEqual([run.code, run.stderr], [130, ""]);
  });
});

describe("waybill status", () => {
  it("fits into 80 columns and has no colours where nobody looks", async () => {
    await using server = await FakeServer.start(publishing);
    const { code, stdout } = await waybill(["status"], { env: env(server) });
    assert.equal(code, 0);
    assert.ok(stdout.split("\n").every((line) => line.length <= 80));
    // oxlint-disable-next-line no-control-regex
    assert.doesNotMatch(stdout, /\u001b/);
    assert.match(
      stdout,
      /head at position 12,345[\s\S]*PROJECTION +POSITION +LAG +GEN +STATE\ntuf +12,345 +0 +1 +running\ntasks +12,345 +3/,
    );
  });

  it("exits with 1 and names the position where a projection was stopped", async () => {
    await using server = await FakeServer.start({
      answers: { Status: () => status([projection("tuf", { state: "stopped", error: "bad event", failedPosition: 77 })]) },
    });
    const { code, stdout } = await waybill(["status"], { env: env(server) });
    assert.equal(code, 1);
    assert.match(stdout, /tuf stopped at position 77: bad event/);
  });

  it("says what is degraded, and exits with 0: everything works", async () => {
    await using server = await FakeServer.start({ answers: { Status: () => status([projection("tuf")], [], ["redis: connection refused"]) } });
    const { code, stdout } = await waybill(["status"], { env: env(server) });
    assert.equal(code, 0);
    assert.match(stdout, /^degraded: redis: connection refused$/m);
  });
});

describe("waybill token create", () => {
  it("prints the secret alone to standard output", async () => {
    await using server = await FakeServer.start(publishing);
    const run = await waybill(["token", "create", "ci", "--scope", "write", "--expires", "90"], { env: env(server) });
    assert.deepEqual([run.code, run.stdout], [0, "wb_secret\n"]);
    assert.match(run.stderr, /scope write, until \d{4}-/);
    assert.partialDeepStrictEqual(server.asked[0]?.variables, { input: { name: "ci", scope: "WRITE" } });
  });
});
