import { hash } from "node:crypto";
import type { Decider } from "#domain/kernel/decider.ts";
import { emptyMap, lookUp, type PersistentMap, withEntries } from "#domain/kernel/persistent-map.ts";
import type { PackageVersion, VersionsEvent } from "./events.ts";

export interface RecordVersions {
  readonly type: "RecordVersions";
  readonly ecosystem: string;
  readonly source: string;
  readonly versions: readonly PackageVersion[];
}

/** Key of each known version to a fingerprint of what was recorded of it. */
export type KnownVersions = PersistentMap<string>;

/** The package versions of one ecosystem: what is known already is not recorded again. */
export const versions: Decider<RecordVersions, KnownVersions, VersionsEvent, never> = {
  initialState: emptyMap,
  decide: ({ ecosystem, source, versions }, known) => {
    const news = versions.filter((version) => lookUp(known, version.key) !== fingerprint(version));
    return news.length > 0 ? [{ type: "VersionsRecorded", ecosystem, source, versions: news }] : [];
  },
  evolve: (known, { versions }) => withEntries(known, versions.map((version) => [version.key, fingerprint(version)] as const)),
};

const fingerprint = ({ dependencies, integrity }: PackageVersion): string =>
  hash("sha256", JSON.stringify([integrity ?? null, dependencies.map(({ relation, requirement, resolved }) => [relation, requirement, ...(resolved === undefined ? [] : [resolved])])]), "base64url").slice(0, 22);
