import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFileVault, WrongPassphrase } from "#infra/keys/file-vault.ts";
import { signingConformance } from "#test/conformance/signer/signing.ts";

const base = await mkdtemp(join(tmpdir(), "waybill-vault-"));
after(() => rm(base, { recursive: true }));

const newFolder = () => mkdtemp(join(base, "keys "));
const passphrase = "correct horse";

signingConformance("file vault", async () => openFileVault({ folder: await newFolder(), passphrase }));

describe("file vault", () => {
  it("signs the same after it was closed and opened again", async () => {
    const folder = await newFolder();
    const before = await openFileVault({ folder, passphrase });
    const { keyid } = await before.generate("demo online");
    const after = await openFileVault({ folder, passphrase });
    assert.deepEqual(await after.sign(keyid, Buffer.from("bytes")), await before.sign(keyid, Buffer.from("bytes")));
  });

  it("signs with a key that another process has made meanwhile", async () => {
    const folder = await newFolder();
    const [mine, theirs] = await Promise.all([openFileVault({ folder, passphrase }), openFileVault({ folder, passphrase })]);
    const { keyid } = await theirs.generate("demo online");
    assert.deepEqual(await mine.sign(keyid, Buffer.from("bytes")), await theirs.sign(keyid, Buffer.from("bytes")));
  });

  it("has one passphrase from its first opening on, also before there are keys", async () => {
    const folder = await newFolder();
    await Promise.all([1, 2, 3].map(() => openFileVault({ folder, passphrase })));
    await assert.rejects(openFileVault({ folder, passphrase: "wrong" }), WrongPassphrase);
  });

  it("refuses a wrong passphrase when it is opened, and says which file it did not open", async () => {
    const folder = await newFolder();
    const { keyid } = await (await openFileVault({ folder, passphrase })).generate("demo root");
    await assert.rejects(openFileVault({ folder, passphrase: "wrong" }), (error) => error instanceof WrongPassphrase && error.message.includes(keyid));
  });

  it("refuses to keep keys without a passphrase", async () => {
    await assert.rejects(openFileVault({ folder: await newFolder(), passphrase: "" }), /needs a passphrase/);
  });

  it("lets only its owner read folder and files, and leaves no other files behind", async () => {
    const folder = join(await newFolder(), "made by the vault");
    const { keyid } = await (await openFileVault({ folder, passphrase })).generate("demo root");
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    const files = await readdir(folder);
    assert.deepEqual(files.sort(), [`${keyid}.json`, `${keyid}.pem`, "passphrase-check.pem"]);
    for (const file of files) assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600);
  });

  it("keeps private keys encrypted, and lists keys and purposes from what is public", async () => {
    const folder = await newFolder();
    const vault = await openFileVault({ folder, passphrase });
    const key = await vault.generate("demo root");
    assert.match(await readFile(join(folder, `${key.keyid}.pem`), "utf8"), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    assert.deepEqual(await vault.list(), [{ ...key, purpose: "demo root" }]);
  });
});
