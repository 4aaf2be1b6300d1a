import type { Dependency } from "#domain/graph/events.ts";
import { PackageVersion } from "#domain/graph/events.ts";
import { TargetPath } from "#domain/trust/target.ts";
import { excerpt, readStanzas, type Stanza } from "./control-file.ts";
import { IndexError } from "./index-error.ts";
import type { IndexedTarget, PackageEntry } from "./package-entry.ts";
import { purl } from "#domain/graph/purl.ts";

const wanted = ["Package", "Version", "Architecture", "Filename", "Size", "SHA256", "Depends", "Pre-Depends"] as const;
type Wanted = (typeof wanted)[number];

export interface DebianEntry extends PackageEntry {
  /** Where its stanza begins. */
  readonly line: number;
  readonly target: IndexedTarget;
}

/**
 * The entries of a Debian `Packages` file (https://wiki.debian.org/DebianRepository/Format), each once; `file` is for messages.
 * Throws `IndexError` with the line of whatever is missing, malformed or contradicts an earlier entry.
 */
export async function* readDebianIndex(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DebianEntry[]> {
  const isNew = onceEach(file);
  for await (const stanzas of readStanzas(file, bytes, wanted)) yield stanzas.map((stanza) => readEntry(file, stanza)).filter(isNew);
}

const readEntry = (file: string, stanza: Stanza<Wanted>): DebianEntry => {
  const of = fieldsOf(file, stanza);
  const name = of("Package", /^[^\s]+$/, "a name without blanks");
  const version = of("Version", /^[^\s]+$/, "a version without blanks");
  const arch = of("Architecture", /^[^\s]+$/, "an architecture");
  const sha256 = of("SHA256", /^[0-9a-fA-F]{64}$/, "the 64 hex digits of a SHA-256").toLowerCase();
  const length = Number(of("Size", /^[0-9]{1,15}$/, "a whole number of bytes"));
  const path = of("Filename", /^./, "a path");
  const problem = TargetPath.safeParse(path).error?.issues[0]?.message;
  if (problem !== undefined)
    throw new IndexError(file, stanza.fields.get("Filename")?.line ?? stanza.first, `Filename ${excerpt(path)} ${problem}`);
  const entry = PackageVersion.safeParse({
    // purl-types: the vendor and the name of a deb are lower-case.
    key: purl({ type: "deb", namespace: "debian", name: name.toLowerCase(), version, qualifiers: { arch } }),
    dependencies: [...clauses(stanza, "Depends"), ...clauses(stanza, "Pre-Depends")],
    integrity: `sha256:${sha256}`,
  });
  if (entry.error)
    throw new IndexError(file, stanza.first, `package ${name}: ${entry.error.issues[0]?.path.join(".")} ${entry.error.issues[0]?.message}`);
  return { line: stanza.first, target: { path, length, sha256 }, version: entry.data };
};

const fieldsOf =
  (file: string, stanza: Stanza<Wanted>) =>
  (name: Wanted, pattern: RegExp, what: string): string => {
    const field = stanza.fields.get(name);
    if (!field) {
      const of = stanza.fields.get("Package");
      const whose = of ? ` of package ${excerpt(of.text)}` : "";
      throw new IndexError(file, stanza.last, `the stanza${whose} from line ${stanza.first} ends here without ${name}`);
    }
    if (!pattern.test(field.text)) throw new IndexError(file, field.line, `${name} must be ${what}, not ${excerpt(field.text)}`);
    return field.text;
  };

// One requirement for each clause; alternatives ("a | b") stay together.
const clauses = (stanza: Stanza<Wanted>, relation: "Depends" | "Pre-Depends"): Dependency[] =>
  (stanza.fields.get(relation)?.text ?? "")
    .split(",")
    .map((clause) => (/\n|\t| {2}/.test(clause) ? clause.replace(/\s+/g, " ") : clause).trim())
    .filter((clause) => clause !== "")
    .map((requirement) => ({ relation, requirement }));

/** An entry that says again what was said passes by; one that says otherwise does not. */
const onceEach = (file: string) => {
  const seen = new Map<string, { readonly line: number; readonly content: string }>();
  return ({ line, target, version }: DebianEntry): boolean => {
    const mine = { line, content: `${target.length} ${target.sha256}` };
    const before = [target.path, version.key].map((key) => {
      const other = seen.get(key);
      if (other && other.content !== mine.content)
        throw new IndexError(file, line, `${key} has another size or SHA256 than in line ${other.line}`);
      if (!other) seen.set(key, mine);
      return other;
    });
    return before.includes(undefined);
  };
};
