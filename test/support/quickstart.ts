import assert from "node:assert/strict";
import type { Newcomer } from "./newcomer.ts";
import { eventually } from "./projecting.ts";

/** What a reader looks for in what a command prints, by the beginning of the command. */
const answers: ReadonlyMap<string, readonly RegExp[]> = new Map([
  ["npx waybill init demo", [/^made repository demo /m, /^metadata +http:.+\/tuf\/demo\/metadata\/$/m, /next: npx waybill add demo/]],
  ["npx waybill add demo README.md package.json --wait", [/^added 2 targets to demo/m, /^published timestamp v2, snapshot v2, bins-/m]],
  ["npx waybill download demo README.md -o out", [/^verified README\.md/m, /timestamp v2/]],
  ["npx waybill show demo", [/^repository +demo$/m, /^targets +2$/m, /^timestamp +2 /m, /^snapshot +2 /m]],
  ["npx waybill remove demo package.json --wait", [/^removed 1 target from demo/m, /^published timestamp v3/m]],
  ["npx waybill events --limit 5", [/trust\.TargetsRemoved\.v1 +trust\.targets-demo#1$/m, /trust\.MetadataPublished\.v1/]],
  ["npx waybill events --export artifacts.ndjson", [/^\d+ events? written to artifacts\.ndjson$/m]],
  ["npx waybill status", [/^Waybill .+ head at position [\d,]+$/m, /^tuf +[\d,]+ +0 +1 +running$/m, /publication +idle/]],
  ["npx waybill import demo --debian-index", [/^imported \d+ targets and \d+ package versions into demo/m, /^published timestamp v4/m]],
  ["npx waybill import demo --npm-lock", [/^imported \d+ package versions into demo/m]],
]);

export const isAnswered = async (reader: Newcomer, line: string): Promise<void> => {
  const [, expected] = [...answers].find(([command]) => line.startsWith(command)) ?? [];
  assert.ok(expected, `README.md says "${line}", and this test does not know what that prints`);
  const typed = () => reader.types(line);
  // How far others are is asked until they are there.
  const { code, text } = await (line === "npx waybill status" ? eventually(typed, (shown) => expected.every((pattern) => pattern.test(shown.text))) : typed());
  assert.equal(code, 0, `${line}\n${text}`);
  for (const pattern of expected) assert.match(text, pattern, `${line}\n${text}`);
};
