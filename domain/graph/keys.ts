import { z } from "zod";
import { type Kind, kinds } from "./kinds.ts";
import { canonicalPurl, purlParts } from "./purl.ts";

/** A natural key in its one spelling, and what it is a key of. */
export interface Key {
  readonly key: string;
  readonly kind: Kind;
}

/** Longest key, in characters. */
export const maxKey = 512;

/**
 * Reads a natural key, which is unique over all kinds: a package URL (with a version: a version; without: a package),
 * `sha256:<hex>` (an artifact, whatever else it may turn out to be), `git+https://…@<commit>` (a source), `<kind>/<name>` for
 * anything else. Null where the text is none of these.
 */
export const keyOf = (text: string): Key | null => {
  const found = byForm(text);
  return found && found.key.length <= maxKey ? found : null;
};

const byForm = (text: string): Key | null => {
  if (/^pkg:/i.test(text)) return ofPurl(text);
  if (/^sha256:[0-9a-f]{64}$/i.test(text)) return { key: text.toLowerCase(), kind: "artifact" };
  if (text.startsWith("git+")) return ofSource(text);
  const slash = text.indexOf("/");
  const kind = kinds.find((one) => one === text.slice(0, slash));
  return kind !== undefined && name.test(text.slice(slash + 1)) ? { key: text, kind } : null;
};

const ofPurl = (text: string): Key | null => {
  // What a purl may not hold unencoded is no spelling of it, but another thing.
  const key = /[^\x21-\x7e]/.test(text) ? null : canonicalPurl(text);
  return key === null ? null : { key, kind: purlParts(key)?.version === undefined ? "package" : "version" };
};

const ofSource = (text: string): Key | null => {
  const [, scheme = "", host = "", path = "", commit = ""] = /^git\+(https?|ssh|git):\/\/([^/\s@]+(?:@[^/\s@]+)?)\/([\x21-\x7e]+)@([0-9a-f]{40}|[0-9a-f]{64})$/i.exec(text) ?? [];
  return scheme === "" ? null : { key: `git+${scheme.toLowerCase()}://${host.toLowerCase()}/${path}@${commit.toLowerCase()}`, kind: "source" };
};

// Blanks part keys from each other in many places.
// oxlint-disable-next-line no-control-regex
const name = /^[^\s\u0000-\u001f\u007f-\u009f\p{Surrogate}]+$/u;

const form = "must be a package URL, sha256:<64 hex digits>, git+https://…@<commit> or <kind>/<name>";

/** A natural key from outside, in its one spelling. */
export const OfferedKey = z
  .string()
  .max(2 * maxKey)
  .transform((text, context) => {
    const found = keyOf(text);
    if (found) return found.key;
    context.addIssue({ code: "custom", message: `${form}, of at most ${maxKey} characters` });
    return z.NEVER;
  });

/** The kind that a recorded key tells. */
export const kindOf = (key: string): Kind => {
  if (key.startsWith("pkg:")) return packageOf(key) === null ? "package" : "version";
  if (key.startsWith("sha256:")) return "artifact";
  return key.startsWith("git+") ? "source" : (kinds.find((kind) => key.startsWith(`${kind}/`)) ?? "artifact");
};

/** The package that a version is one of; null where the key is no version's. */
export const packageOf = (version: string): string | null => {
  const at = /^(pkg:[^?#]*[^/?#])@[^/@?#]+(?:[?#]|$)/.exec(version);
  return at?.[1] ?? null;
};
