import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { openDataFolder, type Use } from "#infra/data-folder.ts";
import { endWithUs, temporary } from "#test/support/embedded-postgres/folders.ts";
import { isRoot, plainUser } from "#test/support/embedded-postgres/privileges.ts";
import { reachableProject, thisProject } from "#test/support/embedded-postgres/project.ts";

const opener = `
  import { openDataFolder } from "#infra/data-folder.ts";
  await openDataFolder(process.argv[1], process.argv[2]).then(() => console.log("open"), (error) => console.log(error.message));
  setInterval(() => undefined, 1000);
`;

/** Another process that opens the folder and keeps it. */
const openInChild = async (folder: string, how: { node?: string; cwd?: string; uid?: number; gid?: number; use?: Use } = {}) => {
  const { node = process.execPath, cwd = thisProject.root, use = "exclusive", ...who } = how;
  const child = spawn(node, ["--input-type=module", "-e", opener, folder, use], { ...who, cwd, stdio: ["ignore", "pipe", "inherit"] });
  endWithUs(child.pid);
  const kill = async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  for await (const said of createInterface({ input: child.stdout })) return { said, pid: child.pid, kill };
  throw new Error("the opener ended without a word");
};

describe("the data folder", () => {
  it("is made, closed to other users, and may have a space in its name", async () => {
    const path = join(temporary(), "my data", "deeper");
    await using folder = await openDataFolder(path);
    assert.equal(folder.path, path);
    assert.equal(folder.at("log.sqlite"), join(path, "log.sqlite"));
    assert.equal(statSync(path).mode & 0o777, isRoot ? 0o710 : 0o700);
  });

  it("keeps the mode that its owner gave it", async () => {
    const path = temporary();
    chmodSync(path, 0o750);
    await using folder = await openDataFolder(path);
    assert.equal(statSync(folder.path).mode & 0o777, 0o750);
  });

  it("refuses a second process and names the one that holds it, by whatever path it comes", async () => {
    const path = temporary();
    const link = join(temporary(), "link");
    symlinkSync(path, link);
    const holder = await openInChild(path);
    await assert.rejects(openDataFolder(link), new RegExp(`in use by another Waybill \\(process ${holder.pid}\\).*WAYBILL_DATA`));
    await holder.kill();
  });

  it("refuses a second opening in the same process, which does not loosen the first", async () => {
    const path = temporary();
    await using folder = await openDataFolder(path);
    await assert.rejects(openDataFolder(path), /in use/);
    const other = await openInChild(path);
    assert.match(other.said, new RegExp(`in use by another Waybill \\(process ${process.pid}\\)`));
    await other.kill();
    await folder.close();
  });

  it("is free again after close, and after kill -9 of its holder", async () => {
    const path = temporary();
    await (await openDataFolder(path)).close();
    await (await openInChild(path)).kill();
    await using folder = await openDataFolder(path);
    assert.ok(folder.path);
  });

  it("lets exactly one of many starters in", async () => {
    const path = join(temporary(), "data");
    const starters = await Promise.all([1, 2, 3, 4].map(() => openInChild(path)));
    assert.equal(starters.filter(({ said }) => said === "open").length, 1);
    await Promise.all(starters.map(({ kill }) => kill()));
  });

  it("lets all of those in who share it, also when they make it", async () => {
    const path = join(temporary(), "data");
    const starters = await Promise.all([1, 2, 3, 4].map(() => openInChild(path, { use: "shared" })));
    assert.deepEqual(starters.map(({ said }) => said), ["open", "open", "open", "open"]);
    await Promise.all(starters.map(({ kill }) => kill()));
  });

  it("is not shared with a process that has its log or its read models there, whoever came first", async () => {
    const path = temporary();
    const sharing = await openInChild(path, { use: "shared" });
    await assert.rejects(openDataFolder(path), /in use by another Waybill/);
    await sharing.kill();
    const alone = await openInChild(path);
    await assert.rejects(openDataFolder(path, "shared"), new RegExp(`in use by another Waybill \\(process ${alone.pid}\\)`));
    await alone.kill();
    await using folder = await openDataFolder(path, "shared");
    assert.ok(folder.path);
  });

  it("names the path where it is a file, or lies below one", async () => {
    const file = join(temporary(), "file");
    writeFileSync(file, "");
    await assert.rejects(openDataFolder(file), { message: `cannot use ${file} as the data folder: it, or a folder above it, is a file` });
    await assert.rejects(openDataFolder(join(file, "data")), new RegExp(`cannot use ${file}/data .* is a file`));
  });

  it("names the path and the user where that user may not write, new folder or old", async () => {
    const closed = join(temporary(), "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o555);
    const project = plainUser ? reachableProject() : thisProject;
    for (const path of [closed, join(closed, "data")]) {
      const child = await openInChild(path, { node: project.node, cwd: project.root, ...plainUser });
      assert.equal(child.said, `cannot use ${path} as the data folder: this user (${plainUser?.uid ?? process.getuid?.()}) may not write there`);
      await child.kill();
    }
    assert.deepEqual(readdirSync(closed), []);
  });
});
