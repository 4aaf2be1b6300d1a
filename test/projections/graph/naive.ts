import type { Attributes, GraphEvent, Value } from "#domain/graph/events.ts";
import { kindOf, packageOf } from "#domain/graph/keys.ts";
import { isRefinement, type Kind, type LinkType } from "#domain/graph/kinds.ts";
import { targetsOf } from "#domain/graph/requirements.ts";
import type { TrustEvent } from "#domain/trust/events.ts";

/** What holds at a position, and since when. */
interface Since<Holds> {
  readonly holds: Holds;
  readonly since: number;
  readonly stated: number;
}

/** The graph at one position, by keys. */
export interface Naive {
  readonly position: number;
  readonly nodes: ReadonlyMap<string, { readonly kind: Kind; readonly since: number }>;
  readonly claims: ReadonlyMap<string, Since<{ readonly key: string; readonly source: string; readonly kind: Kind }>>;
  readonly attributes: ReadonlyMap<string, Since<{ readonly key: string; readonly source: string; readonly name: string; readonly value: Value }>>;
  readonly links: ReadonlyMap<string, Since<Link>>;
  readonly deployments: ReadonlyMap<string, { readonly artifact: string; readonly environment: string; readonly service: string }>;
}

interface Link {
  readonly type: LinkType;
  readonly from: string;
  readonly to: string;
  readonly source: string;
  readonly attributes: Attributes;
}

/** All that was ever said, as it stands: nothing here knows of positions. */
const newWorld = () => ({
  nodes: new Map<string, Map<string, { kind: Kind; attributes: Attributes }>>(),
  links: new Map<string, Link>(),
  versions: new Map<string, { source: string; links: readonly Link[]; key: string; attributes: Attributes }>(),
  targets: new Map<string, Map<string, string>>(),
  signers: new Map<string, Map<string, readonly string[]>>(),
  deployments: new Map<string, { artifact: string; environment: string; service: string; source: string }>(),
  refined: new Map<string, Kind>(),
});

type World = ReturnType<typeof newWorld>;

const nameOf = ({ type, from, to, source }: Omit<Link, "attributes">) => `${type} ${from} ${to} ${source}`;
const sourceNodes = (world: World, source: string) => {
  const nodes = world.nodes.get(source) ?? new Map<string, { kind: Kind; attributes: Attributes }>();
  world.nodes.set(source, nodes);
  return nodes;
};

const tell = (world: World, event: GraphEvent | TrustEvent): void => {
  switch (event.type) {
    case "NodesRecorded":
      // Who says two things of a node in one event means the last.
      for (const { key, kind, attributes } of new Map(event.nodes.map((node) => [node.key, node])).values()) {
        sourceNodes(world, event.source).set(key, { kind, attributes });
        if (isRefinement(kind) && kindOf(key) === "artifact" && !world.refined.has(key)) world.refined.set(key, kind);
      }
      return;
    case "NodesWithdrawn":
      for (const key of event.keys) sourceNodes(world, event.source).delete(key);
      return;
    case "LinksRecorded":
      for (const link of event.links) world.links.set(nameOf({ ...link, source: event.source }), { ...link, source: event.source });
      return;
    case "LinksWithdrawn":
      for (const link of event.links) world.links.delete(nameOf({ ...link, source: event.source }));
      return;
    case "VersionsRecorded":
      for (const { key, dependencies, integrity } of event.versions) {
        const source = `index:${event.ecosystem}`;
        const said = new Map<string, Attributes>();
        for (const dependency of dependencies)
          for (const to of targetsOf(key)(dependency))
            if (to !== key) {
              const together = (name: "relation" | "requirement") => [...new Set([...String(said.get(to)?.[name] ?? "").split(", "), dependency[name]].filter(Boolean))].join(", ");
              said.set(to, { relation: together("relation"), requirement: together("requirement") });
            }
        const name = packageOf(key);
        const links: Link[] = [...said].map(([to, attributes]) => ({ type: "depends-on", from: key, to, source, attributes }));
        if (name !== null) links.push({ type: "contains", from: name, to: key, source, attributes: {} });
        world.versions.set(`${source} ${key}`, { source, key, links, attributes: integrity === undefined ? {} : { integrity } });
      }
      return;
    case "Deployed":
      world.deployments.set(`deployment/${event.environment}/${event.service}`, event);
      return;
    case "Undeployed":
      world.deployments.delete(`deployment/${event.environment}/${event.service}`);
      return;
    case "TargetsAdded":
      for (const { path, hashes } of event.targets) {
        const paths = world.targets.get(event.repository) ?? new Map<string, string>();
        const artifact = `sha256:${hashes.sha256}`;
        if (paths.get(path) !== artifact) paths.delete(path);
        world.targets.set(event.repository, paths.set(path, artifact));
      }
      return;
    case "TargetsRemoved":
      for (const path of event.paths) world.targets.get(event.repository)?.delete(path);
      return;
    case "RepositoryEstablished":
    case "MetadataPublished":
      throw new Error("not in these histories: test/api has true repositories");
  }
};

const linksIn = (world: World): Link[] => [
  ...world.links.values(),
  ...[...world.versions.values()].flatMap(({ links }) => links),
  ...[...world.targets].flatMap(([repository, paths]) =>
    [...Map.groupBy(paths, ([, artifact]) => artifact)].map(
      ([artifact, some]): Link => ({
        type: "published-in",
        from: artifact,
        to: `repository/${repository}`,
        source: `trust:${repository}`,
        attributes: { path: some.map(([path]) => path) },
      }),
    ),
  ),
  ...[...world.deployments].flatMap(([deployment, { artifact, environment, source }]): Link[] => [
    { type: "deployed-to", from: artifact, to: deployment, source, attributes: {} },
    { type: "deployed-to", from: deployment, to: `environment/${environment}`, source, attributes: {} },
  ]),
];

const nodesIn = (world: World) => [
  ...[...world.nodes].flatMap(([source, nodes]) => [...nodes].map(([key, { kind, attributes }]) => ({ key, source, kind, attributes }))),
  ...[...world.versions.values()].map(({ key, source, attributes }) => ({ key, source, kind: kindOf(key), attributes })),
];

/** What holds now, each with the position since when it does; `same`: it goes on, though in other words. */
const tracked = <Holds>(before: ReadonlyMap<string, Since<Holds>>, now: ReadonlyMap<string, Holds>, position: number): Map<string, Since<Holds>> =>
  new Map(
    [...now].map(([name, holds]) => {
      const old = before.get(name);
      const unchanged = old && JSON.stringify(old.holds) === JSON.stringify(holds);
      return [name, { holds, since: old?.since ?? position, stated: unchanged ? old.stated : position }];
    }),
  );

const sorted = (attributes: Attributes): Attributes => Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The graph behind each event: from nothing but what has been said so far. The first is the empty one, at position 0. */
export const naiveGraphs = (events: readonly (GraphEvent | TrustEvent)[]): Naive[] => {
  const world = newWorld();
  const graphs: Naive[] = [{ position: 0, nodes: new Map(), claims: new Map(), attributes: new Map(), links: new Map(), deployments: new Map() }];
  for (const [index, event] of events.entries()) {
    const before = graphs[index];
    if (!before) throw new Error("no graph before");
    tell(world, event);
    const position = index + 1;
    const said = nodesIn(world);
    const links = tracked(before.links, new Map(linksIn(world).map((link) => [nameOf(link), { ...link, attributes: sorted(link.attributes) }])), position);
    const claims = tracked(before.claims, new Map(said.map(({ key, source, kind }) => [`${key} ${source}`, { key, source, kind }])), position);
    const values = said.flatMap(({ key, source, attributes }) => Object.entries(attributes).map(([name, value]) => ({ key, source, name, value })));
    const attributes = tracked(before.attributes, new Map(values.map((one) => [`${one.key} ${one.source} ${one.name}`, one])), position);
    const keys = new Set([...[...links.values()].flatMap(({ holds }) => [holds.from, holds.to]), ...said.map(({ key }) => key)]);
    const nodes = new Map([...keys].map((key) => [key, { kind: world.refined.get(key) ?? kindOf(key), since: before.nodes.get(key)?.since ?? position }]));
    graphs.push({ position, nodes, claims, attributes, links, deployments: new Map(world.deployments) });
  }
  return graphs;
};

/** Keys by how many links they are away, the start left out. */
export const naiveClosure = ({ links }: Naive, start: string, direction: "out" | "in", types: readonly LinkType[]): Map<string, number> => {
  const far = new Map([[start, 0]]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { holds } of links.values()) {
      const [near, other] = direction === "out" ? [holds.from, holds.to] : [holds.to, holds.from];
      const depth = far.get(near);
      if (depth === undefined || !types.includes(holds.type) || (far.get(other) ?? Number.POSITIVE_INFINITY) <= depth + 1) continue;
      far.set(other, depth + 1);
      grown = true;
    }
  }
  far.delete(start);
  return far;
};

const changeOf = (before: unknown, after: unknown) => (before === undefined ? "added" : after === undefined ? "removed" : "changed");

/** What is at one of two moments and not, or not so, at the other. */
export const naiveDiff = (earlier: Naive, later: Naive): object[] => {
  const none = { to: null, type: null, name: null, source: null, before: null, after: null };
  const both = <Holds>(of: (graph: Naive) => ReadonlyMap<string, Holds>) =>
    [...new Set([...of(earlier).keys(), ...of(later).keys()])]
      .map((name) => ({ name, before: of(earlier).get(name), after: of(later).get(name) }))
      .map(({ name, before, after }) => ({ name, before, after, change: changeOf(before, after) }));
  const nodes = both((graph) => graph.nodes)
    .filter(({ change }) => change !== "changed")
    .map(({ name, change }) => Object.assign({}, none, { what: "node", change, key: name }));
  const attributes = both((graph) => graph.attributes).flatMap(({ before, after, change }) => {
    const holds = (after ?? before)?.holds;
    if (!holds || JSON.stringify(before?.holds) === JSON.stringify(after?.holds)) return [];
    return [{ ...none, what: "attribute", change, key: holds.key, name: holds.name, source: holds.source, before: before?.holds.value ?? null, after: after?.holds.value ?? null }];
  });
  const links = both((graph) => graph.links).flatMap(({ before, after, change }) => {
    const holds = (after ?? before)?.holds;
    if (!holds || JSON.stringify(before?.holds) === JSON.stringify(after?.holds)) return [];
    const { from: key, to, type, source } = holds;
    return [{ ...none, what: "link", change, key, to, type, source, before: before?.holds.attributes ?? null, after: after?.holds.attributes ?? null }];
  });
  return [...nodes, ...attributes, ...links];
};

/** What holds of a node: its claims, its attributes, the links at it, and since when in these words. */
export const naiveFacts = ({ claims, attributes, links }: Naive, key: string): unknown[] => [
  ...[...claims.values()].filter(({ holds }) => holds.key === key).map(({ holds, stated }) => ["node", holds.source, null, stated]),
  ...[...attributes.values()].filter(({ holds }) => holds.key === key).map(({ holds, stated }) => ["attribute", holds.source, holds.name, stated]),
  ...[...links.values()].filter(({ holds }) => holds.from === key || holds.to === key).map(({ holds, stated }) => ["link", holds.source, null, stated]),
];
