import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { event, page } from "./support/answers.ts";
import { type Answer, FakeServer } from "./support/fake-server.ts";
import { temporaryFolder, waybill } from "./support/waybill.ts";

const id = "01939c1e-8f2a-8c55-b3a0-5d1e6f0a9b7c";
const receipt = { position: 7, eventIds: ["e"], replayed: false };
const key = { algorithm: "HMAC_SHA256", fingerprint: "89abcdef", publicKey: null, until: null };
const webhook = {
  webhookId: id,
  url: "https://example.com/hook",
  filter: "type=trust.*",
  description: "",
  deadLetterAfter: null,
  enabled: true,
  disabledReason: null,
  disabledDetail: null,
  secrets: [key],
  createdAt: "2026-11-21T12:00:00.000Z",
  progress: { position: 5, attempt: 3, failingSince: "2026-11-21T12:00:00.000Z", nextAt: "2026-11-21T12:01:00.000Z", lastSuccess: null, lastError: "HTTP 500" },
};
const delivery = (more: object) => ({
  eventPosition: 5,
  eventId: "e",
  eventType: "trust.TargetsAdded.v1",
  kind: "TEST",
  requestId: "r",
  attempt: 1,
  at: "2026-11-21T12:00:00.000Z",
  milliseconds: 12,
  status: 200,
  outcome: "DELIVERED",
  error: null,
  response: "thanks",
  nextAt: null,
  ...more,
});
const answer = (field: string, value: object) => (): Answer => ({ data: { [field]: value } });
const nothingFits = answer("previewWebhook", { after: 0, count: 0, exact: true, newest: [] });

const Input = z.object({ secret: z.string().optional(), position: z.int().optional() });
const Since = z.object({ since: z.string().optional() });
const inputOf = (server: FakeServer, operation: string) => Input.parse(server.asked.find(({ name }) => name === operation)?.variables["input"]);

const run = (server: FakeServer, ...args: readonly string[]) => waybill(["webhook", ...args], { env: { WAYBILL_URL: server.url, WAYBILL_TOKEN: "wb_test" } });

describe("waybill webhook", () => {
  it("makes one, and prints its secret alone on standard output", async () => {
    const answers = {
      CreateWebhook: answer("createWebhook", { receipt, webhookId: id, key, secret: "whsec_abc" }),
      PreviewWebhook: answer("previewWebhook", { after: 0, count: 1234, exact: true, newest: [event(4), event(5)] }),
    };
    await using server = await FakeServer.start({ answers });
    const { code, stdout, stderr } = await run(server, "create", "https://example.com/hook", "--filter", "type=trust.*");
    assert.deepEqual([code, stdout], [0, "whsec_abc\n"]);
    assert.match(stderr, new RegExp(`webhook ${id} sends to https://example.com/hook; its secret is shown once, on standard output:`));
    assert.match(stderr, /1,234 past events fit this filter, the newest trust\.TargetsAdded\.v1 at position 5 \(2026-11-21 12:00:00Z\); what is sent begins with the next$/m);
  });

  it("counts no past events for one that takes every event", async () => {
    await using server = await FakeServer.start({ answers: { CreateWebhook: answer("createWebhook", { receipt, webhookId: id, key, secret: "whsec_abc" }) } });
    assert.match((await run(server, "create", "https://example.com/hook", "--after", "7")).stderr, /^every event is sent, beginning behind position 7$/m);
  });

  it("says when a filter that it saved fits nothing that ever happened", async () => {
    await using server = await FakeServer.start({ answers: { ChangeWebhook: answer("changeWebhook", { receipt }), PreviewWebhook: nothingFits } });
    const { code, stderr } = await run(server, "change", id, "--filter", "stream=trsut.*");
    assert.deepEqual([code, stderr], [0, "no past event fits this filter: is it what you mean? (waybill help webhook)\n"]);
  });

  it("takes a secret from a file, and shows it to nobody", async () => {
    await using server = await FakeServer.start({ answers: { CreateWebhook: answer("createWebhook", { receipt, webhookId: id, key, secret: null }), PreviewWebhook: nothingFits } });
    await using folder = await temporaryFolder();
    const file = join(folder.path, "secret");
    await writeFile(file, "whsec_mine\n");
    const { stdout, stderr } = await run(server, "create", "https://example.com/hook", "--secret-file", file);
    assert.deepEqual([stdout, stderr.includes("mine")], [`${id}\n`, false]);
    assert.equal(inputOf(server, "CreateWebhook").secret, "whsec_mine");
  });

  it("says where one stands and why", async () => {
    await using server = await FakeServer.start({ answers: { Webhook: answer("webhook", webhook) } });
    const { stdout } = await run(server, "show", id);
    assert.match(stdout, /^state +failing$/m);
    assert.match(stdout, /^failing since +2026-11-21 12:00:00Z, attempt 3, next 2026-11-21 12:01:00Z: HTTP 500$/m);
  });

  it("names no next attempt where the last event was put aside", async () => {
    const progress = { ...webhook.progress, attempt: 0, nextAt: null };
    await using server = await FakeServer.start({ answers: { Webhook: answer("webhook", { ...webhook, progress }) } });
    assert.match((await run(server, "show", id)).stdout, /^failing since +2026-11-21 12:00:00Z: HTTP 500$/m);
  });

  it("tells a single issue once, whether or not the message has its path", async () => {
    const message = "typ=graph is no filter";
    const error = { code: "INVALID_INPUT", message, issues: [{ path: ["input", "filter"], message }] };
    await using server = await FakeServer.start({ answers: { CreateWebhook: () => ({ error }) } });
    assert.equal((await run(server, "create", "https://example.com", "--filter", "typ=graph")).stderr, `waybill: ${message} (INVALID_INPUT)\n`);
  });

  it("says how an address of one's own is allowed", async () => {
    const answers = { CreateWebhook: () => ({ error: { code: "URL_FORBIDDEN", message: "Nothing may be sent to this URL" } }) };
    await using server = await FakeServer.start({ answers });
    const { code, stderr } = await run(server, "create", "http://127.0.0.1/hook");
    assert.deepEqual([code, stderr.includes("WAYBILL_WEBHOOK_ALLOW")], [3, true]);
  });

  it("counts before it replays, and replays with --yes only", async () => {
    const answers = {
      Webhook: answer("webhook", webhook),
      PreviewWebhook: answer("previewWebhook", { after: 2, count: 1234, exact: true, newest: [] }),
      ReplayWebhook: answer("replayWebhook", { receipt }),
    };
    await using server = await FakeServer.start({ answers });
    assert.equal((await run(server, "replay", id, "--after", "2")).stdout, "1,234 events behind position 2 would be sent again; do it with --yes\n");
    assert.ok(!server.namesAsked().includes("ReplayWebhook"));
    assert.equal((await run(server, "replay", id, "--after", "2", "--yes")).stdout, "1,234 events behind position 2 are sent again\n");
    assert.equal((await run(server, "replay", id)).code, 2);
    const since = async (text: string) => [(await run(server, "replay", id, "--since", text)).code, Since.parse(server.asked.at(-1)?.variables).since];
    assert.deepEqual([await since("2026-11-20"), await since("yesterday")], [[0, "2026-11-20T00:00:00.000Z"], [2, "2026-11-20T00:00:00.000Z"]]);
  });

  it("tests with the newest event that fits, waits for the answer, and fails with it", async () => {
    let asked = 0;
    const failed = delivery({ status: 500, outcome: "FAILED", error: "HTTP 500", response: "broken" });
    const answers = {
      Webhook: answer("webhook", webhook),
      PreviewWebhook: answer("previewWebhook", { after: 0, count: 2, exact: true, newest: [event(4), event(5)] }),
      TestWebhook: answer("testWebhook", { receipt, requestId: "r" }),
      Deliveries: (): Answer => ({ data: { deliveries: { edges: ++asked < 2 ? [] : [{ node: failed }], pageInfo: page } } }),
    };
    await using server = await FakeServer.start({ answers });
    const { code, stdout } = await run(server, "test", id);
    assert.deepEqual([code, stdout], [1, "event 5 trust.TargetsAdded.v1: HTTP 500 after 12 ms\nbroken\n"]);
    assert.equal(inputOf(server, "TestWebhook").position, 5);
  });

  it("lists what is put aside, and which of it is on its way again", async () => {
    const dead = { eventPosition: 5, eventId: "e", eventType: "trust.TargetsAdded.v1", attempts: 4, reason: "HTTP 500", at: "2026-11-21T12:00:00.000Z", resending: false };
    const answers = { DeadLetters: answer("deadLetters", { edges: [{ node: dead }, { node: { ...dead, eventPosition: 9, resending: true } }], pageInfo: page }) };
    await using server = await FakeServer.start({ answers });
    const rows = (await run(server, "dead", id)).stdout.split("\n").slice(1, 3);
    assert.deepEqual(rows.map((row) => row.split("Z")[1]?.trim()), ["4  HTTP 500", "4  HTTP 500; being sent again"]);
  });

  it("lists what was sent, and what it is told not to know is an error", async () => {
    const failed = { kind: "EVENT", outcome: "FAILED", nextAt: "2026-11-21T12:00:05.000Z" };
    const hungUp = delivery({ ...failed, attempt: 2, status: null, error: "socket hang up", response: "" });
    const broken = delivery({ ...failed, status: 500, error: "HTTP 500", response: `out of order\n${"x".repeat(200)}` });
    const deliveries = { edges: [{ node: hungUp }, { node: broken }], pageInfo: page };
    await using server = await FakeServer.start({ answers: { Deliveries: answer("deliveries", deliveries) } });
    const { stdout } = await run(server, "deliveries", id, "--outcome", "failed");
    assert.match(stdout, /trust\.TargetsAdded\.v1 +2 +none in 12 ms: socket hang up; next 2026-11-21 12:00:05Z$/m);
    assert.match(stdout, /trust\.TargetsAdded\.v1 +1 +500 in 12 ms "out of order\\nx+"…; next 2026-11-21 12:00:05Z$/m);
    assert.equal((await run(server, "fetch", id)).code, 2);
    assert.equal((await run(server, "show")).code, 2);
  });
});
