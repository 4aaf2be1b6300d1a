import { cpSync, copyFileSync, linkSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { nobody, thisMachine } from "#infra/embedded-postgres/machine.ts";
import { barrier } from "#infra/embedded-postgres/reach.ts";
import { temporary, twinFolder } from "./folders.ts";

/** A Waybill as far as a starter needs it. */
export interface Project {
  readonly root: string;
  readonly node: string;
}

export const thisProject: Project = { root: fileURLToPath(new URL("../../../", import.meta.url)), node: process.execPath };

/** The package of this machine. */
export const binaries = `@embedded-postgres/${process.platform}-${process.arch}`;

const needed = ["package.json", "infra/cannot-start.ts", "infra/data-folder.ts", "infra/embedded-postgres", "test/support/embedded-postgres"];
const libraries = ["pg", "pg-types", "pg-protocol", "pg-pool", "pg-connection-string", "pg-int8", "pgpass", "split2", "zod"];
const typeLibraries = ["postgres-array", "postgres-bytea", "postgres-date", "postgres-interval", "xtend"];

/** The project in another folder, real files all. */
export const copyProject = (root: string): Project => {
  const modules = [...libraries, ...typeLibraries].map((name) => join("node_modules", name));
  for (const path of [...needed, ...modules]) cpSync(join(thisProject.root, path), join(root, path), { recursive: true, verbatimSymlinks: true });
  copyPackage(join(root, "node_modules"));
  const node = join(root, "node_modules/.bin/node");
  mkdirSync(dirname(node), { recursive: true });
  linkOrCopy(process.execPath, node);
  return { root, node };
};

const linkOrCopy = (from: string, to: string) => {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
};

let reachable: Project | undefined;

/** Where a plain user can run a starter: here, or in a copy where this checkout is below a closed folder. */
export const reachableProject = (): Project => {
  const closed = barrier(thisProject.node, nobody) ?? barrier(thisProject.root, nobody);
  return (reachable ??= closed ? copyProject(temporary()) : thisProject);
};

/** The package of binaries in a folder of its own; the path of its package.json. */
export const copyPackage = (to: string): string => {
  const manifest = thisMachine().findPackage(binaries) ?? "";
  twinFolder(dirname(manifest), join(to, binaries));
  return join(to, binaries, "package.json");
};
