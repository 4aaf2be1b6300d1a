import { endpoint } from "#domain/deliveries/endpoint.ts";
import type { DeliveryEvent, EndpointSettings, SecretCard } from "#domain/deliveries/events.ts";
import { decides } from "#test/support/decides.ts";

const id = "0192f0c4-0000-7000-8000-000000000001";
const card = (last: string): SecretCard => ({ id: `0192f0c4-0000-8000-8000-00000000000${last}`, algorithm: "hmac-sha256", fingerprint: "89abcdef", publicKey: null });
const settings: EndpointSettings = { url: "https://example.com/hook", filter: {}, description: "", deadLetterAfter: null };
const created: DeliveryEvent = { type: "EndpointCreated", endpoint: id, ...settings, secret: card("1"), after: 3 };
const disabled: DeliveryEvent = { type: "EndpointDisabled", endpoint: id, reason: "gone", detail: "HTTP 410" };
const enabled: DeliveryEvent = { type: "EndpointEnabled", endpoint: id };
const deleted: DeliveryEvent = { type: "EndpointDeleted", endpoint: id };
const noted = (position: number): DeliveryEvent => ({ type: "CursorNoted", endpoint: id, position });
const replay = { after: 1, until: 9, rate: null };
const gone = { type: "EndpointDisabled", reason: "gone", detail: "HTTP 410" } as const;

describe("An endpoint", () => {
  it("is made once", () => {
    decides(endpoint, { when: { type: "CreateEndpoint", endpoint: id, ...settings, secret: card("1"), after: 3 }, thenRecords: [created] });
    decides(endpoint, { given: [created], when: { type: "CreateEndpoint", endpoint: id, ...settings, secret: card("2"), after: 4 }, thenRecords: [] });
  });

  it("is changed where that changes anything", () => {
    decides(endpoint, { given: [created], when: { type: "ReconfigureEndpoint", changes: { description: "" } }, thenRecords: [] });
    decides(endpoint, { given: [created], when: { type: "ReconfigureEndpoint", changes: { description: "x" } }, thenRecords: [{ type: "EndpointReconfigured", endpoint: id, ...settings, description: "x" }] });
  });

  it("gets a secret once", () => {
    const previousUntil = "2026-11-22T00:00:00.000Z";
    decides(endpoint, { given: [created], when: { type: "RotateSecret", secret: card("1"), previousUntil }, thenRecords: [] });
    decides(endpoint, { given: [created], when: { type: "RotateSecret", secret: card("2"), previousUntil }, thenRecords: [{ type: "SecretRotated", endpoint: id, secret: card("2"), previousUntil }] });
  });

  it("is disabled and enabled once", () => {
    decides(endpoint, { given: [created], when: { type: "Record", outcome: gone }, thenRecords: [disabled] });
    decides(endpoint, { given: [created, disabled], when: { type: "Record", outcome: gone }, thenRecords: [] });
    decides(endpoint, { given: [created, disabled], when: { type: "EnableEndpoint" }, thenRecords: [enabled] });
    decides(endpoint, { given: [created, disabled, enabled], when: { type: "EnableEndpoint" }, thenRecords: [] });
  });

  it("is replayed while it is enabled", () => {
    decides(endpoint, { given: [created], when: { type: "Replay", ...replay }, thenRecords: [{ type: "ReplayRequested", endpoint: id, ...replay }] });
    decides(endpoint, { given: [created, disabled], when: { type: "Replay", ...replay }, thenRefuses: "WEBHOOK_DISABLED" });
  });

  it("has its place noted where it is another one, also an earlier one after a replay", () => {
    decides(endpoint, { given: [created, noted(5)], when: { type: "Record", outcome: { type: "CursorNoted", position: 5 } }, thenRecords: [] });
    decides(endpoint, { given: [created, noted(5)], when: { type: "Record", outcome: { type: "CursorNoted", position: 4 } }, thenRecords: [noted(4)] });
  });

  it("is not there before it is made, and not any more when it is deleted", () => {
    for (const given of [[], [created, deleted]])
      for (const when of [{ type: "EnableEndpoint" }, { type: "DeleteEndpoint" }, { type: "Replay", ...replay }, { type: "Record", outcome: gone }] as const)
        decides(endpoint, { given, when, thenRefuses: "WEBHOOK_NOT_FOUND" });
  });
});
