import type { Dependency } from "./events.ts";
import { canonicalPurl, purl, purlParts } from "./purl.ts";

/** The packages, or the one chosen version, that each declared dependency of a version may be met by. Alternatives are all told. */
export const targetsOf = (version: string): ((dependency: Dependency) => readonly string[]) => {
  const parts = purlParts(version);
  const meant = parts ? readerFor(parts) : () => [];
  return ({ requirement, resolved }) => {
    const exact = canonicalPurl(resolved ?? requirement);
    return exact === null ? meant(requirement) : [exact];
  };
};

type Parts = NonNullable<ReturnType<typeof purlParts>>;

const readerFor = (parts: Parts): ((requirement: string) => string[]) => {
  switch (parts.type) {
    case "deb":
      return debian(parts);
    case "npm":
      return npm;
    default:
      return (requirement) => leadingName(parts, requirement);
  }
};

/** Debian Policy §7.1: `a (>= 1) | b:any [amd64] <!nocheck>`. */
const debian = ({ namespace }: Parts) => (requirement: string): string[] =>
  requirement.split("|").flatMap((alternative) => {
    const name = /^\s*([A-Za-z0-9][A-Za-z0-9.+-]*)/.exec(alternative)?.[1];
    return name === undefined ? [] : [purl({ type: "deb", namespace, name: name.toLowerCase() })];
  });

/** `@scope/name@range`, or `alias@npm:name@range`. */
const npm = (requirement: string): string[] => {
  const aliased = /^@?[^@]+@npm:(.+)$/.exec(requirement)?.[1] ?? requirement;
  const [, scope, name = ""] = /^(?:(@[^/@\s]+)\/)?([^/@\s]+)/.exec(aliased) ?? [];
  return name === "" ? [] : [purl({ type: "npm", namespace: scope, name })];
};

/** Other ecosystems begin with the name and put their conditions behind it: `requests (>=2.0); extra == "x"`. */
const leadingName = ({ type, namespace }: Parts, requirement: string): string[] => {
  const key = canonicalPurl(`pkg:${type}/${/^[A-Za-z0-9][\w.+/-]*/.exec(requirement)?.[0] ?? ""}`);
  if (key === null) return [];
  const distribution = namespace !== undefined && ["alpm", "apk", "rpm"].includes(type);
  return [distribution ? key.replace(`pkg:${type}/`, `pkg:${type}/${namespace}/`) : key];
};
