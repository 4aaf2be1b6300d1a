import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Machine } from "#infra/embedded-postgres/machine.ts";
import { sharedCopy } from "#infra/embedded-postgres/binaries-copy.ts";
import { binaries, copyPackage, copyProject } from "#test/support/embedded-postgres/project.ts";
import { temporary } from "#test/support/embedded-postgres/folders.ts";
import { startInChild } from "#test/support/embedded-postgres/child.ts";
import { plainUser } from "#test/support/embedded-postgres/privileges.ts";
import { initialised, marks, start } from "#test/support/embedded-postgres/servers.ts";

const nativeOf = (manifest: string) => join(dirname(manifest), "native");

/** A package whose install script did not run. */
const withoutLinks = (manifest: string): string => {
  const lib = join(nativeOf(manifest), "lib");
  for (const entry of readdirSync(lib, { withFileTypes: true })) if (entry.isSymbolicLink()) rmSync(join(lib, entry.name));
  return manifest;
};

/** As a package is built, without its weight. */
const miniature = (): string => {
  const native = join(temporary(), "native");
  for (const folder of ["bin", "lib"]) mkdirSync(join(native, folder), { recursive: true });
  writeFileSync(join(native, "bin/postgres"), "x".repeat(5_000), { mode: 0o700 });
  writeFileSync(join(native, "lib/libpq.so.5.18"), "y");
  writeFileSync(join(native, "pg-symlinks.json"), JSON.stringify([{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }]));
  return native;
};

describe("the embedded PostgreSQL: its programs", () => {
  const refusals: { rule: string; machine: Partial<Machine>; says: RegExp }[] = [
    { rule: "another operating system", machine: { platform: "freebsd", arch: "x64" }, says: /no embedded PostgreSQL for freebsd on x64/ },
    { rule: "another processor", machine: { platform: "linux", arch: "riscv64" }, says: /no embedded PostgreSQL for linux on riscv64/ },
    { rule: "a system without glibc", machine: { exists: () => false }, says: /needs glibc.*Alpine/ },
    { rule: "a missing package", machine: { findPackage: () => undefined }, says: /@embedded-postgres\/\S+ is not installed/ },
  ];
  for (const { rule, machine, says } of refusals)
    it(`says how to set DATABASE_URL on ${rule}`, async () => {
      await assert.rejects(start(join(temporary(), "postgres"), machine), ({ message }: Error) => {
        assert.match(message, says);
        assert.match(message, /DATABASE_URL=postgresql:\/\//);
        return true;
      });
    });

  it("makes the libraries' links where install scripts did not run", async () => {
    const manifest = withoutLinks(copyPackage(temporary()));
    const server = await start(await initialised(), { findPackage: () => manifest });
    assert.deepEqual([await marks(server), server.logged], [["kept"], []]);
    await server.stop();
  });

  it("makes them in a copy where the project is read-only", async () => {
    const project = copyProject(temporary());
    const manifest = withoutLinks(join(project.root, "node_modules", binaries, "package.json"));
    chmodSync(join(nativeOf(manifest), "lib"), 0o555);
    const parent = temporary();
    chmodSync(parent, 0o777);
    const child = await startInChild(join(parent, "postgres"), { who: plainUser, project });
    assert.deepEqual([child.error, child.log], ["", ["copied PostgreSQL's programs"]]);
    await child.end("SIGINT");
    chmodSync(join(nativeOf(manifest), "lib"), 0o755);
  });

  it("copies once for two starters at the same time, and leaves no draft", async () => {
    const [native, cache] = [miniature(), temporary()];
    const copies = await Promise.all([1, 2].map(() => sharedCopy({ native, version: "18.0" }, cache)));
    assert.equal(copies[0]?.native, copies[1]?.native);
    assert.equal(readdirSync(cache).length, 1);
    assert.equal(readFileSync(join(copies[0]?.native ?? "", "lib/libpq.so.5"), "utf8"), "y");
    assert.equal((await sharedCopy({ native, version: "18.0" }, cache)).made, false);
  });

  it("does not trust a copy that is not complete", async () => {
    const [native, cache] = [miniature(), temporary()];
    const first = await sharedCopy({ native, version: "18.0" }, cache);
    truncateSync(join(first.native, "bin/postgres"), 1_000);
    const second = await sharedCopy({ native, version: "18.0" }, cache);
    assert.equal(statSync(join(second.native, "bin/postgres")).size, statSync(join(native, "bin/postgres")).size);
    assert.deepEqual(await sharedCopy({ native, version: "18.0" }, cache), { native: second.native, made: false });
  });
});
