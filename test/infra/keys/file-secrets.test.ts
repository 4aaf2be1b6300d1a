import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { copyFile, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFileSecrets } from "#infra/keys/file-secrets.ts";

describe("Secrets in the vault", () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "waybill-secrets-")), "webhooks");
  });
  afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

  const open = (passphrase = "open sesame") => openFileSecrets({ folder, passphrase });

  it("are read by every process that has the passphrase, until they are forgotten", async () => {
    const id = randomUUID();
    assert.equal(await (await open()).keep(id, "whsec_abc"), true);
    assert.equal(await (await open()).read(id), "whsec_abc");
    await (await open()).forget(id);
    await (await open()).forget(id);
    assert.equal(await (await open()).read(id), null);
  });

  it("stay the first ones under their ids", async () => {
    const id = randomUUID();
    const secrets = await open();
    assert.deepEqual([await secrets.keep(id, "one"), await secrets.keep(id, "other"), await secrets.read(id)], [true, false, "one"]);
  });

  it("lie encrypted, for the owner's eyes only", async () => {
    const id = randomUUID();
    await (await open()).keep(id, "whsec_in_the_clear");
    for (const name of await readdir(folder)) {
      assert.ok(!(await readFile(join(folder, name), "utf8")).includes("in_the_clear"));
      assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
    }
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
  });

  it("open to no other passphrase, and under no other id", async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    await (await open()).keep(id, "secret");
    await assert.rejects((await open("guess")).read(id));
    await copyFile(join(folder, `${id}.json`), join(folder, `${other}.json`));
    await assert.rejects((await open()).read(other));
    await assert.rejects((await open()).read("../../etc/passwd"));
  });

  it("can be kept by many at once in an empty vault", async () => {
    const ids = Array.from({ length: 8 }, () => randomUUID());
    await Promise.all(ids.map(async (id) => (await open()).keep(id, id)));
    assert.deepEqual(await Promise.all(ids.map(async (id) => (await open()).read(id))), ids);
  });
});
