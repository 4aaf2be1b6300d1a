import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { readNpmLock } from "#api/cli/import/npm-lock.ts";
import { targetsOf } from "#domain/graph/requirements.ts";
import { purl } from "#domain/graph/purl.ts";

interface Listed {
  /** What it is, where it lies under another name. */
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly dependencies?: Readonly<Record<string, Listed>> | undefined;
}
const Listed: z.ZodType<Listed> = z.lazy(() => z.object({ name: z.string().optional(), version: z.string().optional(), dependencies: z.record(z.string(), Listed).optional() }));

/** What npm itself makes of the lock; null where there is no npm. */
const listedByNpm = (): Listed | null => {
  try {
    return Listed.parse(JSON.parse(execFileSync("npm", ["ls", "--all", "--json", "--long", "--package-lock-only"], { encoding: "utf8", maxBuffer: 1e8, stdio: ["ignore", "pipe", "ignore"] })));
  } catch (error) {
    // npm ends with 1 where it has remarks on the tree; where it could not be started there is nothing to read.
    const text: unknown = error instanceof Error && "stdout" in error ? error.stdout : null;
    return typeof text === "string" && text !== "" ? Listed.parse(JSON.parse(text)) : null;
  }
};

const listed = listedByNpm();

const keyOf = (name: string, version: string): string => {
  const slash = name.indexOf("/");
  return purl({ type: "npm", namespace: slash < 0 ? undefined : name.slice(0, slash), name: name.slice(slash + 1), version });
};

/** npm tells the dependencies of a version at one of the places where it lies, and at the others only that it is there. */
const edgesIn = ({ dependencies = {} }: Listed, from: string, edges: Set<string>): Set<string> => {
  for (const [name, below] of Object.entries(dependencies)) {
    if (below.version === undefined) continue;
    const key = keyOf(below.name ?? name, below.version);
    if (from !== "") edges.add(`${from} ${key}`);
    edgesIn(below, key, edges);
  }
  return edges;
};

describe(`this project's lock beside npm ls${listed ? "" : " (not run here: there is no npm)"}`, () => {
  if (!listed) return;
  const entries = readNpmLock("package-lock.json", readFileSync("package-lock.json", "utf8")).map(({ version }) => version);

  it("gives the same versions, and the same dependency of one on another", () => {
    const theirs = edgesIn(listed, "", new Set());
    const ours = entries.flatMap(({ key, dependencies }) => {
      const targets = targetsOf(key);
      // What no folder has is not in the tree: an optional peer that nobody asked for.
      return dependencies.filter(({ resolved }) => resolved !== undefined).flatMap((one) => targets(one).map((to) => `${key} ${to}`));
    });
    assert.ok(theirs.size > 500);
    assert.deepEqual([...new Set(ours)].toSorted(), [...theirs].toSorted());
  });
});
