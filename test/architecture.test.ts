import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Who may import whom: STYLE's tree as a test. A layer that is not named may not be imported. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: ["#domain/"],
  commands: ["#domain/", "#commands/"],
  projections: ["#domain/", "#commands/ports/", "#projections/"],
  api: ["#domain/", "#commands/", "#projections/", "#api/"],
  infra: ["#domain/", "#commands/", "#projections/", "#api/", "#infra/"],
};
const domainPackages = new Set(["zod", "node:crypto"]);
const contexts = new Set(["trust", "graph", "tasks", "access", "deliveries", "audit"]);

const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts"], { encoding: "utf8" }).split("\n").filter(Boolean);
const sources = files.map((file) => ({ file, layer: file.split("/")[0] ?? "", text: readFileSync(file, "utf8") }));
const importsOf = (text: string) =>
  [...text.matchAll(/^(?:import|export)\b[^;"'=(]*?\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\("([^"]+)"\)/gm)].map(
    ([, from, bare, lazy]) => from ?? bare ?? lazy ?? "",
  );
/** Every import with the layer path it leads to: `./events.ts` in domain/trust is `#domain/trust/events.ts`. */
const resolved = (file: string, specifier: string) => (specifier.startsWith(".") ? `#${join(dirname(file), specifier)}` : specifier);

const offences = (wrong: (file: string, layer: string, target: string, specifier: string) => boolean) =>
  sources.flatMap(({ file, layer, text }) =>
    importsOf(text)
      .filter((specifier) => wrong(file, layer, resolved(file, specifier), specifier))
      .map((specifier) => `${file} imports ${specifier}`),
  );

describe("The architecture", () => {
  it("sees the imports it judges", () => {
    assert.ok(sources.length > 20);
    assert.deepEqual(importsOf('import { a } from "#domain/a.ts";\nimport "./b.ts";\nconst c = await import("c");'), ["#domain/a.ts", "./b.ts", "c"]);
  });

  it("lets a layer import only what lies below it", () => {
    const wrong = offences((_, layer, target) => {
      const allowed = mayImport[layer];
      return allowed !== undefined && target.startsWith("#") && !allowed.some((prefix) => target.startsWith(prefix));
    });
    assert.deepEqual(wrong, []);
  });

  it("keeps the domain pure: zod, hashing, itself", () => {
    const wrong = offences((_, layer, target) => layer === "domain" && !target.startsWith("#") && !domainPackages.has(target));
    assert.deepEqual(wrong, []);
    const crypto = sources.filter(({ layer, text }) => layer === "domain" && /import \{(?! hash \})[^}]*\} from "node:crypto"/.test(text));
    assert.deepEqual(crypto.map(({ file }) => file), []);
  });

  it("lets a context import of another its published events alone", () => {
    const wrong = offences((file, layer, target) => {
      const [, mine] = file.split("/");
      const [, theirs, inner] = target.split("/");
      const crosses = contexts.has(mine ?? "") && contexts.has(theirs ?? "") && mine !== theirs;
      return layer === "domain" && crosses && inner !== "events.ts";
    });
    assert.deepEqual(wrong, []);
  });

  it("never climbs: imports go by #layer or to a neighbour", () => {
    assert.deepEqual(offences((_, __, ___, specifier) => specifier.startsWith("..")), []);
  });

  it("reads the environment in infra/config.ts alone", () => {
    const readers = sources.filter(({ file, layer, text }) => layer in mayImport && file !== "infra/config.ts" && /process\.env\b/.test(text));
    assert.deepEqual(readers.map(({ file }) => file), []);
  });

  it("composes with inversify in infra/compose/container.ts alone", () => {
    const users = offences((file, _, target) => target === "inversify" && file !== "infra/compose/container.ts");
    assert.deepEqual(users, []);
  });

  it("does not log in domain and commands", () => {
    const loggers = sources.filter(({ layer, text }) => ["domain", "commands"].includes(layer) && /\bconsole\.|process\.std(out|err)/.test(text));
    assert.deepEqual(loggers.map(({ file }) => file), []);
  });
});
