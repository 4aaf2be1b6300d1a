#!/usr/bin/env node
// The one file that any Node can run: TypeScript is for Node 24, which `npm ci` puts into node_modules, and which this starts.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const oldest = 24;

if (Number(process.versions.node.split(".")[0]) >= oldest) {
  module.enableCompileCache();
  await import("./cli.ts");
} else startAgain();

function startAgain() {
  const node = ownNode();
  if (node === null) {
    console.error(
      `waybill: needs Node ${oldest} or newer, this is ${process.version}, and there is none in node_modules\nget it with: npm ci`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // Ctrl-C in a terminal reaches both; the child decides what follows from it.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`waybill: cannot start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function ownNode() {
  try {
    const node = join(
      dirname(createRequire(import.meta.url).resolve("node/package.json")),
      "bin",
      process.platform === "win32" ? "node.exe" : "node",
    );
    return existsSync(node) ? node : null;
  } catch {
    return null;
  }
}
