import assert from "node:assert/strict";
import { documents, sessionOf, targets } from "#test/support/graphql/session.ts";

const create = `mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { receipt { position replayed } webhookId key { algorithm fingerprint publicKey } secret } }`;
const show = `query ($id: ID!, $after: Position) { webhook(id: $id, after: $after) { id url filter enabled deadLetterAfter secrets { fingerprint } progress { position } } }`;
const preview = `query ($filter: String!, $since: DateTime) { previewWebhook(filter: $filter, since: $since) { after count exact newest { type } } }`;

describe("GraphQL webhooks", () => {
  const session = sessionOf();

  before(async () => {
    const { admin, writer, app } = session();
    await admin.ask(documents.bootstrap, { input: { repository: "demo" } });
    for (let nth = 0; nth < 3; nth++) await writer.ask(documents.add, { input: { repository: "demo", targets: targets(1, `n${nth}`), publish: false } });
    await app.settled();
  });

  const made = async (input: object = {}) => {
    const answer = await session().admin.ask(create, { input: { url: "https://example.com/hook", filter: "type=trust.*", ...input } });
    assert.equal(answer.code, undefined, answer.text);
    return answer;
  };

  const code = async (input: object) => (await session().admin.ask(create, { input: { url: "https://example.com", ...input } })).code;

  it("are made, shown by bare and global id, changed, disabled and deleted", async () => {
    const { admin } = session();
    const answer = await made({ deadLetterAfter: 60 });
    assert.match(String(answer.at("createWebhook.secret")), /^whsec_/);
    const id = answer.at("createWebhook.webhookId");
    const shown = await admin.ask(show, { id, after: answer.at("createWebhook.receipt.position") });
    assert.deepEqual(
      ["url", "filter", "enabled", "deadLetterAfter", "progress"].map((field) => shown.at(`webhook.${field}`)),
      ["https://example.com/hook", "type=trust.*", true, 60, null],
    );
    assert.equal((await admin.ask(show, { id: shown.at("webhook.id") })).at("webhook.url"), "https://example.com/hook");
    const change = await admin.ask(`mutation ($input: ChangeWebhookInput!) { changeWebhook(input: $input) { receipt { position } } }`, { input: { id, filter: "", deadLetterAfter: 0 } });
    const changed = await admin.ask(show, { id, after: change.at("changeWebhook.receipt.position") });
    assert.deepEqual([changed.at("webhook.filter"), changed.at("webhook.deadLetterAfter")], ["", null]);
    const off = await admin.ask(`mutation ($input: WebhookInput!) { disableWebhook(input: $input) { receipt { position } } }`, { input: { id } });
    assert.equal((await admin.ask(show, { id, after: off.at("disableWebhook.receipt.position") })).at("webhook.enabled"), false);
    const gone = await admin.ask(`mutation ($input: WebhookInput!) { deleteWebhook(input: $input) { receipt { position } } }`, { input: { id } });
    assert.equal((await admin.ask(show, { id, after: gone.at("deleteWebhook.receipt.position") })).at("webhook"), null);
    assert.equal((await admin.ask(`mutation ($input: WebhookInput!) { enableWebhook(input: $input) { receipt { position } } }`, { input: { id } })).code, "WEBHOOK_NOT_FOUND");
  });

  it("show a secret once, also where the command is sent again", async () => {
    const [first, second] = [await made({ idempotencyKey: "once" }), await made({ idempotencyKey: "once" })];
    assert.equal(first.at("createWebhook.webhookId"), second.at("createWebhook.webhookId"));
    assert.deepEqual([second.at("createWebhook.secret"), second.at("createWebhook.receipt.replayed")], [null, true]);
  });

  it("give of a key pair the public half alone", async () => {
    const answer = await made({ algorithm: "ED25519" });
    assert.equal(answer.at("createWebhook.secret"), null);
    assert.match(String(answer.at("createWebhook.key.publicKey")), /^whpk_/);
  });

  it("are refused to a URL that nothing may be sent to, and with a secret or a filter that is none", async () => {
    assert.deepEqual(
      [await code({ url: "https://forbidden.example" }), await code({ secret: "whsec_short" }), await code({ filter: "type=trsut.*" }), await code({ url: "ftp://example.com" })],
      ["URL_FORBIDDEN", "SECRET_MALFORMED", "INVALID_INPUT", "INVALID_INPUT"],
    );
  });

  it("are for administrators alone, and their URLs and secrets in no event that others see", async () => {
    const { reader, writer, app } = session();
    assert.deepEqual([(await writer.ask(create, { input: { url: "https://example.com" } })).code, (await reader.ask(show, { id: "x" })).code], ["FORBIDDEN", "FORBIDDEN"]);
    const answer = await made({ url: "https://example.com/token-in-the-path" });
    await app.settled();
    const events = `query ($filter: String) { events(filter: $filter, last: 5) { edges { node { type data } } } }`;
    const seen = await reader.ask(events, { filter: "type=deliveries.*" });
    assert.ok(seen.text.includes("EndpointCreated") && !seen.text.includes("token-in-the-path"), seen.text);
    const whole = await session().admin.ask(events, { filter: "type=deliveries.*" });
    assert.ok(whole.text.includes("token-in-the-path") && !whole.text.includes(String(answer.at("createWebhook.secret"))));
  });

  it("are previewed over past events", async () => {
    const { reader, app } = session();
    await app.settled();
    const found = await reader.ask(preview, { filter: "type=trust.TargetsAdded;kind=artifact" });
    assert.deepEqual([found.at("previewWebhook.count"), found.at("previewWebhook.exact")], [3, true]);
    assert.equal((await reader.ask(preview, { filter: "type=trust.TargetsAdded" })).at("previewWebhook.count"), 3);
    assert.equal((await reader.ask(preview, { filter: "type=trust.TargetsAdded", since: "2100-01-01T00:00:00Z" })).at("previewWebhook.count"), 0);
  });

  it("are asked for single deliveries of events that there are", async () => {
    const { admin } = session();
    const id = (await made()).at("createWebhook.webhookId");
    const resend = `mutation ($input: DeliveryInput!) { resendDelivery(input: $input) { requestId } }`;
    assert.equal((await admin.ask(resend, { input: { id, position: 999_999 } })).code, "EVENT_NOT_FOUND");
    assert.match(String((await admin.ask(resend, { input: { id, position: 1 } })).at("resendDelivery.requestId")), /^[0-9a-f-]{36}$/);
    const replay = `mutation ($input: ReplayWebhookInput!) { replayWebhook(input: $input) { receipt { position } } }`;
    assert.equal((await admin.ask(replay, { input: { id, after: 0, rate: 10 } })).code, undefined);
    assert.equal((await admin.ask(replay, { input: { id } })).code, "INVALID_INPUT");
    assert.deepEqual((await admin.ask(`query ($id: ID!) { deliveries(webhook: $id) { edges { node { status } } } deadLetters(webhook: $id) { edges { node { reason resending } } } }`, { id })).at("deliveries.edges"), []);
  });
});
