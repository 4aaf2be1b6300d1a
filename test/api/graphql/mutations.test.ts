import assert from "node:assert/strict";
import { ConcurrencyConflict, Unavailable } from "#domain/kernel/errors.ts";
import { documents, sessionOf, sha256, targets } from "#test/support/graphql/session.ts";

describe("GraphQL mutations", () => {
  const session = sessionOf();

  before(async () => {
    await session().admin.ask(documents.bootstrap, { input: { repository: "demo" } });
  });

  it("answer with a receipt, and with the task that was asked for", async () => {
    const { writer, app } = session();
    const added = await writer.ask(documents.add, { input: { repository: "demo", targets: targets(2) } });
    assert.deepEqual(added.errors, []);
    assert.equal(added.at("addTargets.receipt.stream"), "trust.targets-demo");
    assert.equal(added.at("addTargets.receipt.replayed"), false);
    await app.settled();
    const task = await writer.ask("query ($id: ID!) { task(id: $id) { taskId state subject } }", { id: added.at("addTargets.task.id") });
    assert.deepEqual(task.data, { task: { taskId: added.at("addTargets.task.taskId"), state: "QUEUED", subject: "demo" } });
  });

  it("answer with no task where none was wanted", async () => {
    const added = await session().writer.ask(documents.add, { input: { repository: "demo", targets: targets(1), publish: false } });
    assert.equal(added.at("addTargets.task"), null);
  });

  it("meet their first receipt with the same idempotency key, from the same token only", async () => {
    const { writer, admin } = session();
    const input = { repository: "demo", targets: targets(1, "key"), idempotencyKey: "once", publish: false };
    const first = await writer.ask(documents.add, { input });
    const again = await writer.ask(documents.add, { input });
    const other = await admin.ask(documents.add, { input });
    assert.equal(again.at("addTargets.receipt.position"), first.at("addTargets.receipt.position"));
    assert.equal(again.at("addTargets.receipt.replayed"), true);
    assert.equal(other.at("addTargets.receipt.replayed"), false);
  });

  it("record who asked, why, and on whose trace", async () => {
    const { writer, app } = session();
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const input = { repository: "demo", targets: targets(1, "why"), reason: "because", publish: false };
    await writer.ask(documents.add, { input }, { "x-request-id": "build-7", traceparent });
    const event = (await app.application.log.read("trust.targets-demo")).at(-1);
    assert.match(event?.actor ?? "", /^token:[\da-f-]{36}$/);
    assert.deepEqual([event?.reason, event?.correlationId, event?.traceparent], ["because", "build-7", traceparent]);
  });

  it("tell a refusal by its code and details", async () => {
    const refused = await session().writer.ask(documents.add, { input: { repository: "nowhere", targets: targets(1) } });
    assert.equal(refused.status, 200);
    assert.deepEqual(refused.errors[0]?.extensions, { code: "REPOSITORY_NOT_FOUND", details: { repository: "nowhere" } });
  });

  it("tell every problem of an input at once, with its path", async () => {
    const wrong = [
      { path: "../up", length: -1, sha256: "" },
      { path: "/root", length: 1.5, sha256: sha256.toUpperCase() },
      { path: "a\u0001", length: 2 ** 53, sha256, custom: { fraction: 0.5, "": "\ud800" } },
      { path: "../up", length: 1, sha256, custom: [] },
    ];
    const refused = await session().writer.ask(documents.add, { input: { repository: "Demo", targets: wrong, reason: "\u0000" } });
    assert.equal(refused.code, "INVALID_INPUT");
    assert.deepEqual(pathsOf(refused.errors[0]?.extensions["issues"]), [
      "input.reason",
      "input.repository",
      "input.targets.0.length",
      "input.targets.0.path",
      "input.targets.0.sha256",
      "input.targets.1.length",
      "input.targets.1.path",
      "input.targets.1.sha256",
      "input.targets.2.custom.",
      "input.targets.2.custom.fraction",
      "input.targets.2.length",
      "input.targets.2.path",
      "input.targets.3.custom",
      "input.targets.3.path",
      "input.targets.3.path",
    ]);
    assert.match(refused.text, /is given twice, at 0 and at 3/);
  });

  it("take 1,000 targets with words of their own, and refuse one more", async () => {
    const many = targets(1000, "many", { custom: { note: "x".repeat(700) } });
    const { writer } = session();
    const input = { repository: "demo", publish: false };
    assert.deepEqual((await writer.ask(documents.add, { input: { ...input, targets: many } })).errors, []);
    const refused = await writer.ask(documents.add, { input: { ...input, targets: targets(1001) } });
    assert.deepEqual([refused.code, refused.errors[0]?.message], ["INVALID_INPUT", "input.targets: must have at most 1000 items; send the rest in further commands"]);
  });

  it("tell what is wrong with a setting", async () => {
    const { admin } = session();
    const issueOf = async (input: object) => (await admin.ask(documents.bootstrap, { input: { repository: "other", ...input } })).errors[0]?.message;
    assert.equal(await issueOf({ bins: 100 }), "input.bins: must be a power of two");
    assert.equal(await issueOf({ expires: { root: 0 } }), "input.expires.root: must be at least one day");
    assert.match((await issueOf({ repository: "12" })) ?? "", /^input.repository: must start with a-z/);
  });

  it("tell a variable that does not fit its type with its path", async () => {
    const refused = await session().writer.ask(documents.add, { input: { repository: "demo", targets: [{ path: "a", length: "long", sha256 }] } });
    assert.deepEqual([refused.status, refused.code], [400, "INVALID_INPUT"]);
    assert.deepEqual(pathsOf(refused.errors[0]?.extensions["issues"]), ["input.targets.0.length"]);
  });

  it("tell who has to act on what is thrown, and mask what is broken", async () => {
    const { writer, app } = session();
    const failing = async (thrown: Error) => {
      app.commandsAre({ publish: () => Promise.reject(thrown) });
      return writer.ask(`mutation { publish(input: { repository: "demo" }) { receipt { position } } }`);
    };
    assert.deepEqual((await failing(new ConcurrencyConflict("s", 1, 2))).errors[0]?.extensions["code"], "CONFLICT");
    const away = await failing(new Unavailable("log", { retryAfterSeconds: 7 }));
    assert.deepEqual([away.status, away.headers.get("retry-after"), away.code], [503, "7", "UNAVAILABLE"]);
    const broken = await failing(new Error("password of the database"));
    assert.deepEqual([broken.status, broken.code, broken.text.includes("password")], [200, "DEFECT", false]);
    const { id, where } = app.defects.at(-1) ?? {};
    assert.deepEqual([app.defects.length, id, where], [1, broken.errors[0]?.extensions["id"], "publish"]);
  });
});

const pathsOf = (issues: unknown): string[] =>
  Array.isArray(issues) ? issues.map((issue: { path: readonly (string | number)[] }) => issue.path.join(".")).sort() : [];
