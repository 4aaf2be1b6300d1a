import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { usableBinaries } from "#infra/embedded-postgres/binaries.ts";
import { nobody, thisMachine } from "#infra/embedded-postgres/machine.ts";
import { barrier } from "#infra/embedded-postgres/reach.ts";
import { copyFolder, temporary, temporaryBelowClosed } from "#test/support/embedded-postgres/folders.ts";
import { startInChild } from "#test/support/embedded-postgres/child.ts";
import { plainUser, rootRule } from "#test/support/embedded-postgres/privileges.ts";
import { copyPackage, reachableProject } from "#test/support/embedded-postgres/project.ts";
import { ask, initialised, marks, start } from "#test/support/embedded-postgres/servers.ts";

const refusesNobody = (): void => {
  const folder = temporaryBelowClosed();
  assert.equal(barrier(folder, nobody), join(folder, ".."));
};

const copiesForNobody = async () => {
  const manifest = copyPackage(temporaryBelowClosed());
  const machine = { ...thisMachine(), findPackage: () => manifest, sharedCache: join(temporary(), "cache") };
  const { native } = await usableBinaries(machine, nobody, temporary(), () => undefined);
  assert.deepEqual([barrier(join(native, "bin/postgres"), nobody), barrier(join(native, "lib"), nobody)], [null, null]);
};

describe("the embedded PostgreSQL: root and others", () => {
  it("runs for a plain user, who needs no rights", async () => {
    const parent = temporary();
    chmodSync(parent, 0o777);
    const child = await startInChild(join(parent, "postgres"), { who: plainUser, project: reachableProject() });
    assert.equal(child.error, "");
    assert.equal(statSync(`/proc/${child.pid}`).uid, plainUser?.uid ?? process.getuid?.());
    assert.deepEqual(await ask(child, "select 1"), [1]);
    await child.end("SIGINT");
  });

  rootRule(
    "goes on as the plain user who began, when root starts it on that user's data",
    async () => {
      const parent = temporary();
      chmodSync(parent, 0o777);
      const folder = join(parent, "postgres");
      const how = { who: plainUser, project: reachableProject() };
      await (await startInChild(folder, how)).end("SIGINT");
      const asRoot = await start(folder);
      assert.equal(statSync(`/proc/${asRoot.pid}`).uid, plainUser?.uid);
      await asRoot.stop();
      const again = await startInChild(folder, how);
      assert.deepEqual([again.error, again.log], ["", []]);
      await again.end("SIGINT");
    },
    refusesNobody,
  );

  rootRule(
    "starts from a project below a folder that only root may enter, and copies its programs once",
    async () => {
      const manifest = copyPackage(temporaryBelowClosed());
      const machine = { findPackage: () => manifest, sharedCache: join(temporary(), "cache") };
      const folder = await initialised();
      const first = await start(folder, machine);
      assert.match(first.logged.join(), /^copied PostgreSQL's programs .*its user may not enter/);
      assert.deepEqual(await marks(first), ["kept"]);
      await first.stop();
      const second = await start(folder, machine);
      assert.deepEqual(second.logged, []);
      await second.stop();
    },
    copiesForNobody,
  );

  describe("data below a folder that only root may enter", () => {
    rootRule(
      "keeps the cluster elsewhere, says so once, and finds it there again, even when the folder opens",
      async () => {
        const folder = join(temporaryBelowClosed(), "postgres");
        const machine = { sharedLibrary: join(temporary(), "library") };
        const first = await start(folder, machine);
        assert.match(first.logged.join(), /^read models are kept elsewhere .*\/library\/[0-9a-f]{16}/);
        await ask(first, "create table marks (mark text)", "insert into marks values ('kept')");
        await first.stop();
        chmodSync(join(folder, "../.."), 0o755);
        const second = await start(folder, machine);
        assert.deepEqual([await marks(second), second.logged], [["kept"], []]);
        await second.stop();
      },
      refusesNobody,
    );

    rootRule(
      "takes the cluster along when the data folder moves, gives a copy of it a cluster of its own, and starts anew when it is deleted",
      async () => {
        const closed = join(temporaryBelowClosed(), "..");
        const [folder, moved, copy] = ["data", "moved", "copy"].map((name) => join(closed, name, "postgres"));
        const machine = { sharedLibrary: join(temporary(), "library") };
        await putAside(folder ?? "", machine);
        renameSync(join(folder ?? "", ".."), join(moved ?? "", ".."));
        const there = await start(moved ?? "", machine);
        assert.deepEqual(await marks(there), ["kept"]);
        copyFolder(join(moved ?? "", ".."), join(copy ?? "", ".."));
        const second = await start(copy ?? "", machine);
        await assert.rejects(marks(second), /"marks" does not exist/);
        await Promise.all([there.stop(), second.stop()]);
        for (const deleted of [moved, copy]) rmSync(deleted ?? "", { recursive: true });
        const anew = await start(moved ?? "", machine);
        await assert.rejects(marks(anew), /"marks" does not exist/);
        assert.equal(readdirSync(machine.sharedLibrary).length, 1);
        await anew.stop();
      },
      refusesNobody,
    );

    rootRule(
      "names both folders where the other one is closed too",
      async () => {
        const [folder, sharedLibrary] = [join(temporaryBelowClosed(), "postgres"), join(temporaryBelowClosed(), "library")];
        await assert.rejects(start(folder, { sharedLibrary }), new RegExp(`may enter neither ${folder} nor .*chmod a\\+x .*DATABASE_URL`));
        assert.equal(existsSync(join(folder, "cluster")), false);
      },
      refusesNobody,
    );
  });
});

/** A folder whose cluster is kept elsewhere and knows the mark, without another initdb. */
const putAside = async (folder: string, machine: { sharedLibrary: string }) => {
  const failing = { ...machine, findPackage: () => undefined };
  mkdirSync(folder, { recursive: true });
  await assert.rejects(start(folder, failing), /not installed/);
  const home = readFileSync(join(folder, "kept-elsewhere"), "utf8");
  const source = await initialised();
  copyFolder(join(source, "cluster"), home);
  copyFolder(join(source, "password"), folder);
};
