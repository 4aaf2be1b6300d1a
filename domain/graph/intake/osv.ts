import { z } from "zod";
import { isRefusal, type Refusal } from "#domain/kernel/decider.ts";
import { keyOf } from "#domain/graph/keys.ts";
import { canonicalPurl, purl, purlParts } from "#domain/graph/purl.ts";
import { compareDebian } from "./debian-version.ts";
import { type DocumentCode, gathering, type Given, malformed, type Reading, shaped, skipping } from "./document.ts";
import { compareSemver } from "./semver.ts";

const Event = z.object({ introduced: z.string().optional(), fixed: z.string().optional(), last_affected: z.string().optional(), limit: z.string().optional() });
const Range = z.object({ type: z.string(), events: z.array(Event) });
const Affected = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string(), purl: z.string().optional() }).optional(),
  ranges: z.array(Range).nullish(),
  versions: z.array(z.string()).nullish(),
});
type Affected = z.infer<typeof Affected>;
type Range = z.infer<typeof Range>;

/** https://ossf.github.io/osv-schema/ */
const Advisory = z.object({
  id: z.string().min(1),
  modified: z.string(),
  published: z.string().nullish(),
  withdrawn: z.string().nullish(),
  aliases: z.array(z.string()).nullish(),
  summary: z.string().nullish(),
  severity: z.array(z.object({ type: z.string(), score: z.string() })).nullish(),
  affected: z.array(Affected).nullish(),
});

/** What must be known of the graph to read an advisory: which versions it has of each package that is affected. */
export interface Advisory {
  readonly vulnerability: string;
  readonly packages: readonly string[];
  readonly read: (versionsOf: (packageKey: string) => readonly string[]) => Reading;
}

export const openAdvisory = ({ key, json }: Given): Advisory | Refusal<DocumentCode> => {
  const shape = shaped("OSV", Advisory, json);
  if (isRefusal(shape)) return shape;
  const { id, withdrawn, affected, ...rest } = shape.data;
  const vulnerability = keyOf(`vulnerability/${id}`)?.key;
  if (vulnerability === undefined) return malformed("OSV", ["id"], "must be a name without blanks");
  const entries = (withdrawn === undefined || withdrawn === null ? (affected ?? []) : []).map((one) => ({ one, key: packageKey(one) }));
  const read: Advisory["read"] = (versionsOf) => {
    const [gathered, skipped] = [gathering(), skipping()];
    const described: string[] = [];
    for (const { one, key: name } of entries) {
      if (name === null) {
        skipped.add(`affected package of ecosystem ${one.package?.ecosystem ?? "none"}, which has no package URL here`);
        continue;
      }
      const { versions, undecided } = affectedVersions(name, one, versionsOf(name));
      for (const [version, by] of versions) gathered.link("affects", vulnerability, version, { by, advisory: key });
      described.push(...(one.ranges ?? []).map((range) => `${name} ${textOf(range)}`));
      for (const what of undecided) skipped.add(what);
    }
    const severity = rest.severity?.map(({ type, score }) => `${type} ${score}`);
    const undecided = skipped.texts();
    gathered.node(vulnerability, "vulnerability", { ...rest, severity, withdrawn, affected: described, undecided, advisory: key });
    return { format: "OSV", ...gathered.all(), skipped: undecided };
  };
  return { vulnerability, packages: [...new Set(entries.flatMap(({ key: name }) => name ?? []))], read };
};

const purlTypes = new Map([
  ["npm", "npm"], ["pypi", "pypi"], ["crates.io", "cargo"], ["go", "golang"], ["maven", "maven"], ["nuget", "nuget"], ["rubygems", "gem"],
  ["packagist", "composer"], ["hex", "hex"], ["pub", "pub"], ["debian", "deb"], ["ubuntu", "deb"], ["alpine", "apk"],
]);

/** The package without version, architecture and the like. An advisory on a Debian source package is taken as one on the binary package of its name. */
const packageKey = ({ package: named }: Affected): string | null => {
  if (!named) return null;
  const given = named.purl === undefined ? null : purlParts(named.purl);
  if (given) return canonicalPurl(purl({ type: given.type, namespace: given.namespace, name: given.name }));
  const [ecosystem = ""] = named.ecosystem.toLowerCase().split(":");
  const type = purlTypes.get(ecosystem);
  if (type === undefined) return null;
  if (type === "deb" || type === "apk") return canonicalPurl(`pkg:${type}/${ecosystem}/${encodeURIComponent(named.name)}`);
  const path = (type === "maven" ? named.name.replace(":", "/") : named.name).split("/").map(encodeURIComponent).join("/");
  return canonicalPurl(`pkg:${type}/${path}`);
};

type Compare = (one: string, other: string) => number | null;

const orders = new Map<string, Compare>([
  ["npm", compareSemver], ["cargo", compareSemver], ["golang", compareSemver], ["hex", compareSemver], ["pub", compareSemver], ["deb", compareDebian],
]);

/** The versions that are affected, each with what says so; and what could not be decided. */
const affectedVersions = (name: string, { ranges, versions }: Affected, known: readonly string[]) => {
  const listed = new Set(versions ?? []);
  const found = new Map<string, string>();
  const undecided: string[] = [];
  const byVersion = Map.groupBy(known, (key) => purlParts(key)?.version ?? "");
  for (const version of listed) for (const key of byVersion.get(version) ?? [versionKey(name, version) ?? []].flat()) found.set(key, "versions");
  for (const range of ranges ?? []) {
    const type = purlParts(name)?.type ?? "";
    const compare = range.type === "SEMVER" ? compareSemver : range.type === "ECOSYSTEM" ? orders.get(type) : undefined;
    if (!compare) {
      // Advisories list the versions beside ranges that few can compare.
      if (listed.size === 0) undecided.push(`${range.type} range of ${name}, which is not compared here`);
      continue;
    }
    for (const [version, keys] of byVersion) {
      const inside = isInside(range, version, compare);
      if (inside === null) undecided.push(`version of ${name} that cannot be compared with a range`);
      for (const key of inside === true ? keys : []) if (!found.has(key)) found.set(key, textOf(range));
    }
  }
  return { versions: found, undecided };
};

const versionKey = (name: string, version: string): string | null => keyOf(`${name}@${encodeURIComponent(version)}`)?.key ?? null;

/** https://ossf.github.io/osv-schema/#evaluation */
const isInside = ({ events }: Range, version: string, compare: Compare): boolean | null => {
  let inside = false;
  for (const event of sorted(events, compare)) {
    const [bound = "0"] = boundsOf(event);
    const order = event.introduced === "0" ? 1 : compare(version, bound);
    if (order === null) return null;
    if (event.introduced !== undefined && order >= 0) inside = true;
    if (event.fixed !== undefined && order >= 0) inside = false;
    if (event.last_affected !== undefined && order > 0) inside = false;
  }
  return inside;
};

const boundsOf = ({ introduced, fixed, last_affected: last }: z.infer<typeof Event>): string[] => [introduced, fixed, last].filter((bound) => bound !== undefined);

const sorted = (events: Range["events"], compare: Compare) =>
  events
    .filter((event) => boundsOf(event).length > 0)
    .toSorted((a, b) => {
      const [one = "0", other = "0"] = [boundsOf(a)[0], boundsOf(b)[0]];
      if (a.introduced === "0" || b.introduced === "0") return Number(b.introduced === "0") - Number(a.introduced === "0");
      return compare(one, other) ?? 0;
    });

/** `SEMVER >=1.0.0 <1.2.3`. */
const textOf = ({ type, events }: Range): string =>
  [type, ...events.flatMap(({ introduced, fixed, last_affected: last }) => [introduced === undefined ? [] : [`>=${introduced}`], fixed === undefined ? [] : [`<${fixed}`], last === undefined ? [] : [`<=${last}`]].flat())].join(" ");
