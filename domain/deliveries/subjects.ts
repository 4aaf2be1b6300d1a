import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Json, JsonObject } from "#domain/kernel/json.ts";

/** Something that an event is about, by the natural key that the graph knows it by. */
export interface Subject {
  readonly kind: string;
  readonly key: string;
}

/**
 * What an event is about, each perhaps more than once. Read from the names that all contexts give such fields, so that an event that
 * is new tomorrow is found by filters of today.
 */
export function* subjectsOf({ data }: Pick<StoredEvent, "data">): Generator<Subject> {
  const { repository, environment, service, artifact, key, keys, from, to } = strings(data);
  yield* named("repository", repository);
  yield* named("environment", environment);
  if (environment !== undefined && service !== undefined) yield* named("deployment", `${environment}/${service}`);
  for (const one of [artifact, key, keys, from, to]) yield* keyed(one);
  for (const one of items(data["keys"])) yield* keyed(one);
  for (const list of ["nodes", "links", "versions"]) for (const item of items(data[list])) yield* ofItem(item);
  for (const item of items(data["targets"])) yield* keyed(digestOf(item));
}

const ofItem = function* (item: Json): Generator<Subject> {
  const { key, kind, from, to } = strings(members(item));
  if (kind === undefined) yield* keyed(key);
  else if (key !== undefined) yield { kind, key };
  yield* keyed(from);
  yield* keyed(to);
};

/** A target's content. */
const digestOf = (target: Json): string | undefined => {
  const { sha256 } = strings(members(members(target)["hashes"]));
  return sha256 === undefined ? undefined : `sha256:${sha256}`;
};

const named = function* (kind: string, name: string | undefined): Generator<Subject> {
  if (name !== undefined) yield { kind, key: `${kind}/${name}` };
};

const keyed = function* (key: Json | undefined): Generator<Subject> {
  if (typeof key === "string") yield { kind: kindOfKey(key), key };
};

/** The kind that a natural key tells by its form. */
export const kindOfKey = (key: string): string => {
  if (key.startsWith("pkg:")) return /^[^?#]*[^/]@[^/?#]+/.test(key) ? "version" : "package";
  if (key.startsWith("sha256:")) return "artifact";
  if (key.startsWith("git+")) return "source";
  return key.slice(0, Math.max(0, key.indexOf("/")));
};

const members = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** The members that are texts. */
const strings = (value: JsonObject): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));

const items = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
