import assert from "node:assert/strict";
import { Unavailable } from "#domain/kernel/errors.ts";
import { publishedBytes } from "#domain/trust/metadata.ts";
import { planPublication } from "#domain/trust/publication.ts";
import { issueMetadata } from "#commands/trust/issue-metadata.ts";
import { memorySigner } from "#test/support/memory-signer.ts";
import { publisher, settingsOf } from "#test/support/publisher.ts";

const begin = Date.parse("2026-11-01T12:00:00Z");
const state = (await publisher(settingsOf({ bins: 64 }), begin)).state();

/** Holds the keys that the publisher's own signer made. */
const signer = memorySigner();
await signer.generate("root");
await signer.generate("online");

describe("issuing metadata", () => {
  it("signs files in the order of the plan, each with its planned version and end", async () => {
    const plan = planPublication(state, { covers: 0, touched: ["bins-3f", "bins-00", "bins-10"] }, begin);
    const issued = await issueMetadata(signer)(state, plan, () => "");
    assert.deepEqual(issued.map(({ role, version, expires }) => ({ role, version, expires })), plan.files);
  });

  it("names the snapshot that clients have already in a timestamp that is renewed alone", async () => {
    const plan = planPublication(state, { covers: -1, touched: [] }, begin + 43_200_000);
    const [timestamp] = await issueMetadata(signer)(state, plan, () => "");
    assert.ok(timestamp && plan.files.length === 1);
    const { settings, binKey, snapshot } = state;
    assert.equal(publishedBytes(timestamp, { settings, binKey, snapshot, versions: new Map(), targets: () => "" }).length, timestamp.length);
  });

  it("asks for the targets of no bin but those it signs", async () => {
    const asked: string[] = [];
    const plan = planPublication(state, { covers: 0, touched: ["bins-01"] }, begin);
    await issueMetadata(signer)(state, plan, (bin) => {
      asked.push(bin);
      return "";
    });
    assert.deepEqual(asked, ["bins-01"]);
  });

  it("gives nothing when a key is away", async () => {
    const plan = planPublication(state, { covers: 0, touched: ["bins-01"] }, begin);
    await assert.rejects(issueMetadata(memorySigner("other"))(state, plan, () => ""), Unavailable);
  });
});
