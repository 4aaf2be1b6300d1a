import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const kinds = new Set(["refusal", "input", "access", "conflict", "unavailable", "defect"]);

/** Codes of one word cannot be told from other words in capitals. */
const singleWords = new Set(["CONFLICT", "DEFECT", "FORBIDDEN", "UNAUTHENTICATED", "UNAVAILABLE"]);

/** Codes of Node and the operating system begin so. */
const foreign = /^E(RR_|[A-Z]+$)/;

/** Every literal that looks like a code, where codes come from: the CLI passes on what it gets. */
const inSource = (): Set<string> => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "domain", "commands", "projections", "api", ":!api/cli"], { encoding: "utf8" });
  const literals = files
    .split("\n")
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/"([A-Z]+(?:_[A-Z]+)*)"/g)].map(([, literal = ""]) => literal));
  return new Set(literals.filter((literal) => singleWords.has(literal) || (literal.includes("_") && !foreign.test(literal))));
};

const documented = [...readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8").matchAll(/^\| `([A-Z_]+)` \| (\w+) \| (.+) \|$/gm)].map(
  ([, code = "", kind = "", meaning = ""]) => ({ code, kind, meaning }),
);

describe("docs/errors.md", () => {
  it("has every code of the source, and none besides", () => {
    assert.deepEqual(documented.map(({ code }) => code).sort(), [...inSource()].sort());
  });

  it("has each code once, with its kind and its meaning", () => {
    assert.equal(new Set(documented.map(({ code }) => code)).size, documented.length);
    assert.deepEqual(documented.filter(({ kind, meaning }) => !kinds.has(kind) || !meaning.endsWith(".")), []);
  });
});
