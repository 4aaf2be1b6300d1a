import { z } from "zod";
import type { Attributes, Value } from "#domain/graph/events.ts";
import type { LinkType } from "#domain/graph/kinds.ts";
import { type Changes, type Step, stepAt } from "./changes.ts";
import { endsName, linkName, pathsName, type Present, targetName } from "./present.ts";
import type { Statement } from "./statements.ts";

/** Carries out what one event says; everything that it changes, changes at its position. */
export const foldEvent = (present: Present, changes: Changes, position: number, statements: readonly Statement[]): void => {
  const step = stepAt(present, changes, position);
  const published = new Set<string>();
  let place = 0;
  for (const statement of statements)
    if (statement.says === "target") foldTarget({ present, changes, step, published }, statement, place++);
    else fold(present, changes, step, statement);
  for (const name of published) publish(present, step, name);
  step.end();
};

const fold = (present: Present, changes: Changes, step: Step, statement: Exclude<Statement, { says: "target" }>): void => {
  switch (statement.says) {
    case "node":
      return step.claim(statement.key, { ...statement, values: valuesOf(statement.attributes) });
    case "no node":
      return step.withdraw(statement.key, statement.source);
    case "link": {
      const [from, to] = [step.node(statement.from).number, step.node(statement.to).number];
      return step.link({ from, to, type: statement.type, source: statement.source, attributes: textOf(statement.attributes) });
    }
    case "no link": {
      const [from, to] = [step.known(statement.from), step.known(statement.to)];
      if (from && to) step.unlink({ from: from.number, to: to.number, type: statement.type, source: statement.source });
      return;
    }
    case "all links":
      return replaceLinks(present, step, statement);
    case "signers":
      return sign(present, step, statement);
    case "deployment":
      return deploy(present, changes, step, statement);
  }
};

/** The ends that are known, or a set to know them in from now on. */
const endsOf = ({ ends }: Present, from: number, type: LinkType, source: string): Set<number> => {
  const name = endsName(from, type, source);
  const known = ends.get(name) ?? new Set();
  ends.set(name, known);
  return known;
};

const replaceLinks = (present: Present, step: Step, { source, type, from, to }: Statement & { says: "all links" }): void => {
  const start = step.node(from).number;
  const wanted = new Map([...to].map(([key, attributes]) => [step.node(key).number, attributes]));
  for (const end of endsOf(present, start, type, source)) if (!wanted.has(end)) step.unlink({ from: start, to: end, type, source });
  for (const [end, attributes] of wanted) step.link({ from: start, to: end, type, source, attributes: textOf(attributes) });
};

/** What a link of ours to a key says. */
const Signs = z.object({ role: z.array(z.string()).default([]) });

const sign = (present: Present, step: Step, { source, from, roles }: Statement & { says: "signers" }): void => {
  const start = step.node(from).number;
  const link = (to: number) => ({ from: start, to, type: "signed-by", source }) as const;
  const rolesOf = new Map<number, Set<string>>();
  for (const end of endsOf(present, start, "signed-by", source)) {
    const text = present.links.get(linkName(link(end)))?.attributes ?? "{}";
    const { role } = Signs.parse(JSON.parse(text));
    rolesOf.set(end, new Set(role.filter((one) => !roles.has(one))));
  }
  for (const [role, keyids] of roles)
    for (const keyid of keyids) {
      const end = step.node(`key/${keyid}`).number;
      rolesOf.set(end, (rolesOf.get(end) ?? new Set()).add(role));
    }
  for (const [end, signed] of rolesOf)
    if (signed.size === 0) step.unlink(link(end));
    else step.link({ ...link(end), attributes: textOf({ role: [...signed].sort() }) });
};

const deploy = (present: Present, changes: Changes, step: Step, { deployment, environment, service, runs }: Statement & { says: "deployment" }): void => {
  const before = present.deployments.get(step.known(deployment)?.number ?? -1);
  if (!before && !runs) return;
  const node = step.node(deployment).number;
  const place = step.node(`environment/${environment}`).number;
  const links = (artifact: number, source: string) => [
    { from: artifact, to: node, type: "deployed-to", source } as const,
    { from: node, to: place, type: "deployed-to", source } as const,
  ];
  const artifact = runs && step.node(runs.artifact).number;
  if (before) {
    if (before.stored || before.from < step.position) changes.deploymentsEnded.push({ row: before, to: step.position });
    present.deployments.delete(node);
    const stay = new Set(artifact === null || runs === null ? [] : links(artifact, runs.source).map(linkName));
    for (const link of links(before.artifact, before.source)) if (!stay.has(linkName(link))) step.unlink(link);
  }
  if (artifact === null || runs === null) return;
  present.deployments.set(node, { node, environment, service, artifact, source: runs.source, from: step.position, stored: false });
  for (const link of links(artifact, runs.source)) step.link({ ...link, attributes: "{}" });
};

interface Publishing {
  readonly present: Present;
  readonly changes: Changes;
  readonly step: Step;
  /** Artifacts whose paths changed, by name. */
  readonly published: Set<string>;
}

const foldTarget = ({ present, changes, step, published }: Publishing, statement: Statement & { says: "target" }, place: number): void => {
  const { repository, path, artifact } = statement;
  const name = targetName(repository, path);
  const before = present.targets.get(name) ?? null;
  const now = artifact === null ? null : step.node(artifact).number;
  // To publish the same file again is no news.
  if ((before?.artifact ?? null) === now) return;
  if (before) {
    present.paths.get(pathsName(before.artifact, repository))?.delete(path);
    published.add(pathsName(before.artifact, repository));
  }
  present.targets.set(name, now === null ? null : { artifact: now, stored: false });
  changes.targets.set(name, { repository, path, position: step.position, place });
  if (now === null) return;
  const paths = pathsName(now, repository);
  present.paths.set(paths, (present.paths.get(paths) ?? new Set()).add(path));
  published.add(paths);
};

/** Paths that a link tells; of an artifact with more it tells how many there are. */
const mostPaths = 20;

const publish = (present: Present, step: Step, name: string): void => {
  const [artifact = "", repository = ""] = name.split(" ");
  const paths = present.paths.get(name);
  const link = { from: Number(artifact), to: step.node(repository).number, type: "published-in", source: `trust:${repository.slice("repository/".length)}` } as const;
  if (!paths || paths.size === 0) return step.unlink(link);
  const path = [...paths.values().take(mostPaths)];
  return step.link({ ...link, attributes: textOf({ path, ...(paths.size > mostPaths ? { paths: paths.size } : {}) }) });
};

/** JSON text in one spelling, so that equal attributes are equal texts. */
const textOf = (attributes: Attributes): string => {
  const names = Object.keys(attributes);
  return names.length === 0 ? "{}" : JSON.stringify(Object.fromEntries(names.sort().map((name) => [name, storable(attributes[name] ?? "")])));
};

const valuesOf = (attributes: Attributes): Map<string, string> =>
  new Map(Object.entries(attributes).map(([name, value]) => [name, JSON.stringify(storable(value))]));

/** PostgreSQL's jsonb holds neither U+0000 nor half characters; one from outside must not stop a read model. */
const storable = (value: Value): Value => {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\ufffd");
  return Array.isArray(value) ? value.map((text: string) => text.toWellFormed().replaceAll("\0", "\ufffd")) : value;
};
