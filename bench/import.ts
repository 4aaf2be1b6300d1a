import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hash } from "node:crypto";
import { globSync } from "node:fs";
import { startWaybill } from "#test/support/waybill.ts";
import { timed } from "./measure.ts";
import type { Row } from "./rows.ts";

const made = 63_440;

/** The importer as a user calls it, reading, sending and waiting for the publication; on this machine's Debian index, or one like it. */
export const benchImport = async (): Promise<readonly Row[]> => {
  await using waybill = await startWaybill();
  const folder = mkdtempSync(join(tmpdir(), "waybill-bench-"));
  try {
    const [index = likeDebian(folder)] = globSync("/var/lib/apt/lists/*_bookworm_main_binary-*_Packages*");
    const environment = { WAYBILL_URL: waybill.url, WAYBILL_TOKEN: waybill.token };
    await cli(["init", "demo", "--bins", "256"], environment);
    const first = await timed(() => cli(["import", "demo", "--debian-index", index], environment));
    const peak = megabytes(waybill.pid, "VmHWM");
    const again = await timed(() => cli(["import", "demo", "--debian-index", index], environment));
    return [
      { name: "import and publish a Debian index of 63,440 entries", value: first.ms / 1000, unit: "s", goal: "≤ 12" },
      { name: "Waybill's resident memory at its peak meanwhile", value: peak, unit: "MB", goal: "< 500" },
      { name: "the same import again, appending nothing", value: again.ms / 1000, unit: "s" },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const cli = (args: readonly string[], environment: Record<string, string>): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["infra/waybill.js", ...args], { env: { ...process.env, ...environment }, stdio: ["ignore", "ignore", "inherit"] });
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`waybill ${args.join(" ")} ended with ${code}`))));
  });

/** Entries of the size and shape of a distribution's, where this machine has none. */
const likeDebian = (folder: string): string => {
  const file = join(folder, "Packages");
  const stanza = (index: number) =>
    [
      `Package: package-${index}`,
      `Version: ${index % 7}.${index % 31}-1+deb12u1`,
      "Architecture: amd64",
      `Depends: ${Array.from({ length: index % 9 }, (_, at) => `package-${(index * 7919 + at * 104_729) % made} (>= 1.${at})`).join(", ") || "libc6 (>= 2.36)"}`,
      `Filename: pool/main/p/package-${index}/package-${index}_${index % 7}.${index % 31}-1+deb12u1_amd64.deb`,
      `Size: ${1000 + index}`,
      `SHA256: ${hash("sha256", String(index))}`,
    ].join("\n");
  writeFileSync(file, `${Array.from({ length: made }, (_, index) => stanza(index)).join("\n\n")}\n`);
  return file;
};

const megabytes = (pid: number, field: string): number =>
  Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN) / 1024;
