import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import process from "node:process";
import { join } from "node:path";
import type { Java } from "./java.ts";

/**
 * Java's options for a class archive, from which it maps Kafka's classes instead of parsing them: half the time of a
 * start. Where there is none for this Java, the run writes one at its end, into the folder.
 */
export const archiveOptions = (jars: string, folder: string, { version }: Java): readonly string[] => {
  for (const draft of draftsIn(folder)) rmSync(join(folder, draft), { force: true });
  const name = `classes-${version.replaceAll(/[^\w.-]/g, "_")}.jsa`;
  const archive = join(jars, name);
  // An archive that does not fit is not used, and Java need not tell.
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"] : [`-XX:ArchiveClassesAtExit=${join(folder, name)}`];
};

/** To be called when a run has ended in order: what it wrote is whole, and every later start may use it. */
export const keepArchive = (jars: string, folder: string): void => {
  for (const name of draftsIn(folder)) {
    const [draft, target] = [join(folder, name), join(jars, name)];
    // The two may lie on different disks, between which nothing is renamed.
    copyFileSync(draft, `${target}.${process.pid}`);
    renameSync(`${target}.${process.pid}`, target);
    rmSync(draft, { force: true });
  }
};

const draftsIn = (folder: string) => readdirSync(folder).filter((name) => /^classes-.*\.jsa$/.test(name));
