// node test/support/tests-that-read.ts NAME…: the test files that read one of these variables, themselves or through what they import.
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const importsOf = (file: string, text: string): readonly string[] =>
  [...text.matchAll(/from "(?:#(test\/[^"]+)|\.\/([^"]+))"/g)].map(([, layer, neighbour = ""]) => layer ?? join(dirname(file), neighbour));

/** The file and all of test/ that it imports. */
const closure = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const imported of importsOf(file, readFileSync(join(root, file), "utf8"))) closure(imported, seen);
  return seen;
};

export const testsThatRead = (names: readonly string[]): readonly string[] => {
  const reads = (file: string) => names.some((name) => readFileSync(join(root, file), "utf8").includes(name));
  return globSync("test/**/*.test.ts", { cwd: root })
    .toSorted()
    .filter((test) => [...closure(test)].some(reads));
};

if (import.meta.main) console.log(testsThatRead(process.argv.slice(2)).join("\n"));
