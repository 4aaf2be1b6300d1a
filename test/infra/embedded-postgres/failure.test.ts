import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ended, explained } from "#infra/embedded-postgres/failure.ts";
import { setTimeout } from "node:timers/promises";
import { temporary } from "#test/support/embedded-postgres/folders.ts";
import { spawnStarter } from "#test/support/embedded-postgres/child.ts";
import { rootRule } from "#test/support/embedded-postgres/privileges.ts";
import { ask, initialised, marks, start } from "#test/support/embedded-postgres/servers.ts";

const mount = (...args: readonly string[]) => spawnSync("mount", args, { encoding: "utf8" }).status === 0;

const explainsDiskFull = () => {
  const home = temporary();
  const { message } = explained(new Ended("initdb", ["could not write to file: No space left on device"]), home);
  assert.match(message, new RegExp(`no space left .* in ${home} \\(\\d+\\.\\d MB free\\)`));
};

const fill = (file: string) => spawnSync("dd", ["if=/dev/zero", `of=${file}`, "bs=64k"]);

/** A folder whose first start was killed while initdb was at work: another one where it was over before we looked. */
const killedInInitdb = async (): Promise<string> => {
  const folder = join(temporary(), "postgres");
  const starter = spawnStarter(folder);
  const names = () => (existsSync(folder) ? readdirSync(folder) : []);
  const begun = () => names().some((name) => existsSync(join(folder, name, "data/base")));
  while (!begun() && !names().includes("cluster")) await setTimeout(5);
  starter.kill("SIGKILL");
  return names().includes("cluster") ? killedInInitdb() : folder;
};

const corruptions: Record<string, (cluster: string) => void> = {
  "control file is cut off": (cluster) => truncateSync(join(cluster, "global/pg_control"), 10),
  "folder is empty": (cluster) => {
    rmSync(cluster, { recursive: true });
    mkdirSync(cluster);
  },
  "version is another PostgreSQL's": (cluster) => writeFileSync(join(cluster, "PG_VERSION"), "17\n"),
  "password is gone": (cluster) => rmSync(join(cluster, "../password")),
};

describe("the embedded PostgreSQL: what goes wrong", () => {
  for (const [what, corrupt] of Object.entries(corruptions))
    it(`builds a new cluster and sets the old one aside where its ${what}`, async () => {
      const folder = await initialised();
      corrupt(join(folder, "cluster"));
      const server = await start(folder);
      assert.deepEqual(await ask(server, "select 1"), [1]);
      assert.match(server.logged.join(), /read models are built anew from the log .*cluster\.aside/);
      assert.ok(existsSync(join(folder, "cluster.aside")));
      await server.stop();
    });

  it("puts the cluster back where a new one does not start either", async () => {
    const folder = await initialised();
    const broken = { socketPort: () => 99_999 };
    await assert.rejects(start(folder, broken), /does not start: .*99999.*DATABASE_URL/);
    const server = await start(folder);
    assert.deepEqual(await marks(server), ["kept"]);
    await server.stop();
  });

  it("does initdb again where a start was killed in the middle of it", async () => {
    const folder = await killedInInitdb();
    const server = await start(folder);
    assert.deepEqual(await ask(server, "select 1"), [1]);
    await server.stop();
    await (await start(folder)).stop();
    assert.deepEqual(readdirSync(folder).sort(), ["cluster", "password", "socket"]);
  });

  rootRule(
    "names folder and free space where the disk is full, at the first start and later, and starts when there is room",
    async () => {
      const disk = join(temporary(), "disk");
      mkdirSync(disk);
      if (!mount("-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", disk)) return explainsDiskFull();
      const full = new RegExp(`no space left for the embedded PostgreSQL in ${disk}/postgres \\(\\d+\\.\\d MB free\\)`);
      try {
        await assert.rejects(start(join(disk, "postgres")), full);
        assert.deepEqual(readdirSync(join(disk, "postgres")), []);
        assert.ok(mount("-o", "remount,size=120m", disk));
        const first = await start(await initialised(join(disk, "other")));
        await first.stop();
        fill(join(disk, "filler"));
        await assert.rejects(start(join(disk, "other")), /no space left .*\/disk\/other/);
        rmSync(join(disk, "filler"));
        const later = await start(join(disk, "other"));
        assert.deepEqual([await marks(later), later.logged], [["kept"], []]);
        await later.stop();
      } finally {
        spawnSync("umount", [disk]);
      }
    },
    explainsDiskFull,
  );
});
