import type { Attributes, GraphEvent, LinkKey, PackageVersion } from "#domain/graph/events.ts";
import { kindOf, packageOf } from "#domain/graph/keys.ts";
import type { Kind, LinkType } from "#domain/graph/kinds.ts";
import { canonicalPurl } from "#domain/graph/purl.ts";
import { targetsOf } from "#domain/graph/requirements.ts";
import type { TrustEvent } from "#domain/trust/events.ts";

/** What an event says of the graph, in terms of natural keys. */
export type Statement =
  | { readonly says: "node"; readonly source: string; readonly key: string; readonly kind: Kind; readonly attributes: Attributes }
  | { readonly says: "no node"; readonly source: string; readonly key: string }
  | { readonly says: "link"; readonly source: string; readonly type: LinkType; readonly from: string; readonly to: string; readonly attributes: Attributes }
  | { readonly says: "no link"; readonly source: string; readonly type: LinkType; readonly from: string; readonly to: string }
  /** These links of this type and no others lead from a node, according to this source. */
  | { readonly says: "all links"; readonly source: string; readonly type: LinkType; readonly from: string; readonly to: ReadonlyMap<string, Attributes> }
  /** These keys signed for these roles; for other roles, the keys that did before. */
  | { readonly says: "signers"; readonly source: string; readonly from: string; readonly roles: ReadonlyMap<string, readonly string[]> }
  /** A path of a repository is this artifact now; null: nothing. */
  | { readonly says: "target"; readonly source: string; readonly repository: string; readonly path: string; readonly artifact: string | null }
  | Deployment;

interface Deployment {
  readonly says: "deployment";
  readonly deployment: string;
  readonly environment: string;
  readonly service: string;
  /** Null: nothing runs there any more. */
  readonly runs: { readonly artifact: string; readonly source: string } | null;
}

export const statementsOf = (event: GraphEvent | TrustEvent): readonly Statement[] => {
  switch (event.type) {
    case "NodesRecorded":
      return lastOf(event.nodes, ({ key }) => key).map(({ key, kind, attributes }) => ({ says: "node", source: event.source, key, kind, attributes }));
    case "NodesWithdrawn":
      return event.keys.map((key) => ({ says: "no node", source: event.source, key }));
    case "LinksRecorded":
      return lastOf(event.links, nameOf).map(({ type, from, to, attributes }) => ({ says: "link", source: event.source, type, from, to, attributes }));
    case "LinksWithdrawn":
      return event.links.map(({ type, from, to }) => ({ says: "no link", source: event.source, type, from, to }));
    case "VersionsRecorded":
      return lastOf(event.versions, ({ key }) => key).flatMap((version) => ofVersion(`index:${event.ecosystem}`, version));
    case "Deployed":
      return [deployment(event, { artifact: event.artifact, source: event.source })];
    case "Undeployed":
      return [deployment(event, null)];
    case "RepositoryEstablished":
    case "MetadataPublished":
    case "TargetsAdded":
    case "TargetsRemoved":
      return ofTrust(event);
  }
};

/** Who says two things of the same in one event means the last. */
const lastOf = <Item>(items: readonly Item[], nameIt: (item: Item) => string): Item[] => [...new Map(items.map((item) => [nameIt(item), item])).values()];

const nameOf = ({ type, from, to }: LinkKey): string => `${type} ${from} ${to}`;

const deployment = ({ environment, service }: { environment: string; service: string }, runs: Deployment["runs"]): Deployment => ({
  says: "deployment",
  deployment: `deployment/${environment}/${service}`,
  environment,
  service,
  runs,
});

const ofTrust = (event: TrustEvent): readonly Statement[] => {
  const source = `trust:${event.repository}`;
  const repository = `repository/${event.repository}`;
  switch (event.type) {
    case "RepositoryEstablished": {
      const roles = Object.entries(event.root.signed.roles).flatMap(([role, value]) => (isRole(value) ? [[role, value.keyids] as const] : []));
      return [
        { says: "node", source, key: repository, kind: "repository", attributes: {} },
        { says: "signers", source, from: repository, roles: new Map([...roles, ["bins", [event.binKey.keyid]]]) },
      ];
    }
    case "MetadataPublished": {
      const roles = event.files.map(({ role, signatures }) => [topLevel.has(role) ? role : "bins", signatures.map(({ keyid }) => keyid)] as const);
      return [{ says: "signers", source, from: repository, roles: new Map(roles) }];
    }
    case "TargetsAdded":
      return event.targets.map(({ path, hashes }) => ({ says: "target", source, repository, path, artifact: `sha256:${hashes.sha256}` }));
    case "TargetsRemoved":
      return event.paths.map((path) => ({ says: "target", source, repository, path, artifact: null }));
  }
};

/** TUF 1.0.34 §2.1; every other role is a bin's, and one key signs them all. */
const topLevel = new Set(["root", "targets", "snapshot", "timestamp"]);

const isRole = (value: unknown): value is { readonly keyids: readonly string[] } =>
  typeof value === "object" && value !== null && "keyids" in value && Array.isArray(value.keyids);

const ofVersion = (source: string, { key: spelt, dependencies, integrity }: PackageVersion): Statement[] => {
  const key = canonicalPurl(spelt) ?? spelt;
  const name = packageOf(key);
  const to = new Map<string, { relation: string; requirement: string }>();
  const targets = targetsOf(key);
  for (const dependency of dependencies)
    for (const target of targets(dependency)) {
      const before = to.get(target);
      const { relation, requirement } = dependency;
      to.set(target, before ? { relation: joined(before.relation, relation), requirement: joined(before.requirement, requirement) } : { relation, requirement });
    }
  to.delete(key);
  return [
    { says: "node", source, key, kind: kindOf(key), attributes: integrity === undefined ? {} : { integrity } },
    ...(name === null ? [] : [{ says: "link", source, type: "contains", from: name, to: key, attributes: {} } as const]),
    { says: "all links", source, type: "depends-on", from: key, to },
  ];
};

/** Several clauses may ask for the same package: `libc6 (>= 2.14), libc6 (<< 3)`. */
const joined = (before: string, more: string): string => (before.split(", ").includes(more) ? before : `${before}, ${more}`);

/** Every key that a statement names. */
export const keysIn = (statement: Statement): readonly string[] => {
  switch (statement.says) {
    case "node":
    case "no node":
      return [statement.key];
    case "link":
    case "no link":
      return [statement.from, statement.to];
    case "all links":
      return [statement.from, ...statement.to.keys()];
    case "signers":
      return [statement.from, ...[...statement.roles.values()].flat().map((keyid) => `key/${keyid}`)];
    case "target":
      return statement.artifact === null ? [statement.repository] : [statement.artifact, statement.repository];
    case "deployment":
      return [statement.deployment, `environment/${statement.environment}`, ...(statement.runs ? [statement.runs.artifact] : [])];
  }
};
