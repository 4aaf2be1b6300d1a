import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { event, events } from "./support/answers.ts";
import { FakeServer, type Item } from "./support/fake-server.ts";
import { temporaryFolder, waybill } from "./support/waybill.ts";

const env = (server: FakeServer) => ({ WAYBILL_URL: server.url, WAYBILL_TOKEN: "wb_test" });
const positions = (stdout: string): number[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { position: number }).position);
const item = (position: number): Item => ({ data: { events: event(position) } });

const lines = (...of: readonly number[]) => Buffer.from(of.map((position) => `${JSON.stringify({ position })}\n`).join(""));

const pageOf = (positions: readonly number[], pageInfo: object) => ({
  data: { events: { edges: positions.map((position) => ({ node: event(position) })), pageInfo, position: 90_000 } },
});

describe("waybill events", () => {
  it("goes on behind the last position after a lost connection, without loss or repetition", async () => {
    const from: unknown[] = [];
    await using server = await FakeServer.start({
      answers: { LastEvents: () => events(1, 2) },
      streams: {
        async *FollowEvents({ after }) {
          from.push(after);
          if (from.length === 1) yield* [item(3), item(4), "cut" as const];
          // The second connection repeats what the first one may have sent.
          if (from.length === 2) yield* [item(4), item(5), "cut" as const];
          if (from.length === 3) yield* [item(6), item(7), item(8)];
          await sleep(20_000, undefined, { ref: false });
        },
      },
    });
    const run = await waybill(["events", "--follow", "--limit", "7", "--json"], { env: env(server) });
    assert.deepEqual(positions(run.stdout), [1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(from, [2, 4, 5]);
    assert.match(run.stderr, /connection .* was lost; going on behind position 4 as soon as possible/);
    assert.equal(run.code, 0);
  });

  it("begins a --follow behind all that was looked at, and looks further back where a page of a filter is short", async () => {
    const from: unknown[] = [];
    await using server = await FakeServer.start({
      answers: {
        LastEvents: ({ before }) => (before === null ? pageOf([], { hasPreviousPage: true, startCursor: "c" }) : pageOf([3, 4], { hasPreviousPage: false, startCursor: "d" })),
      },
      streams: {
        async *FollowEvents({ after }) {
          from.push(after);
          yield item(90_001);
        },
      },
    });
    const run = await waybill(["events", "--follow", "--filter", "kind=artifact", "--limit", "3", "--json"], { env: env(server) });
    assert.deepEqual([positions(run.stdout), from], [[3, 4, 90_001], [90_000]]);
  });

  it("goes on when the server ends a subscription in good order", async () => {
    let times = 0;
    await using server = await FakeServer.start({
      streams: {
        async *FollowEvents({ after }) {
          times++;
          yield item(Number(after) + 1);
        },
      },
    });
    const run = await waybill(["events", "--follow", "--after", "10", "--limit", "3", "--json"], { env: env(server) });
    assert.deepEqual([positions(run.stdout), times, run.stderr], [[11, 12, 13], 3, ""]);
  });

  it("shows with --after everything up to the newest, and ends", async () => {
    await using server = await FakeServer.start({
      answers: { LastEvents: () => events(5) },
      streams: {
        async *FollowEvents() {
          yield* [item(3), item(5), item(6)];
          await sleep(20_000, undefined, { ref: false });
        },
      },
    });
    const run = await waybill(["events", "--after", "2", "--type", "trust.*", "--json"], { env: env(server) });
    assert.deepEqual(positions(run.stdout), [3, 5]);
    assert.deepEqual(
      server.asked.map(({ variables }) => variables["type"]),
      ["trust.*", "trust.*"],
    );
  });

  it("passes what it is told not to understand on as an error", async () => {
    await using server = await FakeServer.start({
      streams: {
        async *FollowEvents() {
          yield { error: { code: "INVALID_INPUT", message: "no such type" } };
        },
      },
    });
    const run = await waybill(["events", "--follow", "--after", "0"], { env: env(server) });
    assert.deepEqual([run.code, run.stdout, run.stderr], [2, "", "waybill: no such type (INVALID_INPUT)\n"]);
  });

  it("ends in silence when its reader has seen enough", async () => {
    await using server = await FakeServer.start({
      streams: {
        async *FollowEvents({ after }) {
          for (let position = Number(after) + 1; ; position++) {
            yield item(position);
            if (position % 100 === 0) await sleep(1);
          }
        },
      },
    });
    const program = join(import.meta.dirname, "../../../infra/waybill.js");
    const script = `'${process.execPath}' '${program}' events --follow --after 0 2>&1 | head -n 3; echo "status \${PIPESTATUS[0]}"`;
    const child = spawn("bash", ["-c", script], { env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...env(server) } });
    let stdout = "";
    for await (const chunk of child.stdout) stdout += String(chunk);
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual([lines.length, lines.at(-1)], [4, "status 0"]);
    assert.match(lines[0] ?? "", /^ +1 {2}12:00:00 {2}trust\.TargetsAdded\.v1/);
  });

  it("exports into a file, and goes on behind what is there, also behind a torn line", async () => {
    const files = new Map([
      ["/events.ndjson?after=0&filter=type=trust.*", lines(1, 2)],
      ["/events.ndjson?after=2", lines(3)],
      ["/events.ndjson?after=3", lines()],
    ]);
    await using server = await FakeServer.start({ files });
    await using folder = await temporaryFolder();
    const file = join(folder.path, "log.ndjson");
    const run = (...more: string[]) => waybill(["events", "--export", file, ...more], { env: env(server) });
    assert.equal((await run("--filter", "type=trust.*")).stderr, `2 events written to ${file}\n`);
    await appendFile(file, '{"position":');
    assert.equal((await run()).stderr, `1 event written to ${file}, behind position 2\n`);
    assert.equal((await run()).stderr, "there is nothing new\n");
    assert.equal(await readFile(file, "utf8"), lines(1, 2, 3).toString());
    assert.equal((await run("--after", "1")).code, 2);
    assert.equal((await run("--type", "x")).code, 2);
  });
});
