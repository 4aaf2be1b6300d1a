import assert from "node:assert/strict";
import { firstRoot } from "#domain/trust/root.ts";
import { RootMetadata } from "#domain/trust/signed.ts";
import { memorySigner } from "#test/support/memory-signer.ts";

const signer = memorySigner();
const [rootKey, onlineKey] = [await signer.generate("root"), await signer.generate("online")];
const now = Date.parse("2026-11-01T12:00:00Z");

describe("first root", () => {
  it("is version 1, with consistent snapshots, and ends after its life", () => {
    const root = firstRoot({ rootKey, onlineKey, now, expires: 86_400 });
    assert.deepEqual(RootMetadata.parse(root), root);
    assert.deepEqual([root.version, root.expires], [1, "2026-11-02T12:00:00Z"]);
  });

  it("gives the root to one key and everything else to the other", () => {
    const { roles } = firstRoot({ rootKey, onlineKey, now, expires: 86_400 });
    const online = { keyids: [onlineKey.keyid], threshold: 1 };
    assert.deepEqual(roles, { root: { keyids: [rootKey.keyid], threshold: 1 }, targets: online, snapshot: online, timestamp: online });
  });

  it("is a defect with a keyid that is not its key's", () =>
    assert.throws(() => firstRoot({ rootKey: { ...rootKey, keyid: onlineKey.keyid }, onlineKey, now, expires: 86_400 }), /is not the keyid/));
});
