import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { Unavailable } from "#domain/kernel/errors.ts";
import { keyidOf } from "#domain/trust/canonical-json.ts";
import type { Signer, VaultKey } from "#commands/ports/signer.ts";

const verifies = ({ key }: VaultKey, bytes: Uint8Array, sig: string): boolean => {
  const x = Buffer.from(key.keyval.public, "hex").toString("base64url");
  return verify(null, bytes, createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }), Buffer.from(sig, "hex"));
};

/** What every signer must do, whichever vault keeps the keys. */
export const signingConformance = (adapter: string, open: () => Promise<Signer>) =>
  describe(`${adapter} as a Signer: signing`, () => {
    it("makes keys whose keyid is the SHA-256 of the canonical key", async () => {
      const { keyid, key } = await (await open()).generate("demo root");
      assert.equal(keyid, keyidOf(key));
      assert.deepEqual(Object.keys(key).sort(), ["keytype", "keyval", "scheme"]);
    });

    it("makes another key each time", async () => {
      const signer = await open();
      const made = await Promise.all(["same", "same", "same"].map((purpose) => signer.generate(purpose)));
      assert.equal(new Set(made.map(({ keyid }) => keyid)).size, 3);
    });

    it("signs so that the public key verifies, and only over the same bytes", async () => {
      const signer = await open();
      const key = await signer.generate("demo online");
      const { keyid, sig } = await signer.sign(key.keyid, Buffer.from("bytes"));
      assert.equal(keyid, key.keyid);
      assert.ok(verifies(key, Buffer.from("bytes"), sig));
      assert.ok(!verifies(key, Buffer.from("other bytes"), sig));
    });

    it("signs with many keys at once without mixing them up", async () => {
      const signer = await open();
      const keys = await Promise.all(["a", "b", "c"].map((purpose) => signer.generate(purpose)));
      const work = Array.from({ length: 60 }, (_, index) => ({ key: keys[index % keys.length] ?? keys[0], bytes: Buffer.from(`file ${index}`) }));
      const good = await Promise.all(
        work.map(async ({ key, bytes }) => key !== undefined && verifies(key, bytes, (await signer.sign(key.keyid, bytes)).sig)),
      );
      assert.ok(good.every(Boolean));
    });

    it("is unavailable for a key that it does not hold", async () => {
      await assert.rejects((await open()).sign("0".repeat(64), Buffer.from("bytes")), Unavailable);
    });
  });
