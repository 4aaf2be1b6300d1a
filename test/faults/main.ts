import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { argumentsOf } from "./options.ts";
import { closingLine, complaints, isGood, section, withSections } from "./report.ts";
import { run } from "./run.ts";

const tell = (line: string) => void process.stderr.write(`${line}\n`);
let opened = new AsyncDisposableStack();
const interrupted = async () => {
  await opened.disposeAsync();
  process.exit(130);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void interrupted());

try {
  const { engines, options, report } = argumentsOf(process.argv.slice(2));
  const lines: string[] = [];
  for (const engine of engines) {
    await using stack = new AsyncDisposableStack();
    opened = stack;
    const outcome = await run(engine, { ...options, tell }, opened);
    for (const complaint of complaints(outcome)) tell(complaint);
    if (!isGood(outcome)) process.exitCode = 1;
    lines.push(closingLine(outcome));
    if (report === undefined) process.stdout.write(`${section(outcome)}\n`);
    else writeFileSync(report, withSections(existsSync(report) ? readFileSync(report, "utf8") : "", new Map([[engine, section(outcome)]])));
  }
  process.stdout.write(`${lines.join("\n")}\n`);
} catch (error) {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 2;
}
process.exit();
