import { z } from "zod";
import type { Issue } from "#domain/kernel/errors.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { subjectsOf } from "./subjects.ts";

const word = (what: string, form: RegExp) => z.array(z.string().max(512).regex(form, what)).min(1, "must not be empty").max(50).readonly().optional();

/** Node kinds of the graph, and what else has a key of the form `kind/name`. */
const kind = /^[a-z][a-z-]{0,31}$/;

/**
 * Which events somebody wants: all fields must hold, of each field one value. The same for webhooks, SSE, exports, GraphQL and the
 * CLI. Without any field: every event.
 */
export const Filter = z
  .strictObject({
    /** Wire types, with up to three `*`: `trust.*`, `*.v1`; `trust.TargetsAdded` is every version of it. */
    types: word("must be an event type like trust.TargetsAdded.v1, with up to three * for any letters", /^(?!(.*\*){4})[A-Za-z0-9.*]{1,200}$/),
    /** A stream, or the beginning of some with a `*` behind it: `trust.targets-*`. */
    streams: word("must be a stream like trust.targets-demo, or the beginning of some with a * behind it", /^[^*\p{Cc}]+\*?$|^\*$/u),
    /** Kinds of what an event is about: `artifact`, `version`, `repository`. */
    kinds: word("must be a kind like artifact or repository", kind),
    /** Beginnings of natural keys of what an event is about: `pkg:deb/`, `sha256:`, `repository/demo`. */
    keyPrefix: word("must be the beginning of a key like pkg:deb/", /^[^\p{Cc}]+$/u),
  })
  .readonly();
export type Filter = z.infer<typeof Filter>;

/** Nothing is left out. */
export const everything: Filter = {};

/** Whether somebody with this filter wants the event. */
export const matches = (filter: Filter, event: StoredEvent): boolean => matcherOf(filter)(event);

/** The same for many events: patterns are read once. */
export const matcherOf = ({ types, streams, kinds, keyPrefix }: Filter): ((event: StoredEvent) => boolean) => {
  const isType = types?.map(typePattern);
  const isStream = streams?.map(streamPattern);
  return (event) => {
    if (isType && !isType.some((pattern) => pattern.test(event.type))) return false;
    if (isStream && !isStream.some((pattern) => pattern(event.stream))) return false;
    if (!kinds && !keyPrefix) return true;
    for (const subject of subjectsOf(event))
      if ((kinds?.includes(subject.kind) ?? true) && (keyPrefix?.some((prefix) => subject.key.startsWith(prefix)) ?? true)) return true;
    return false;
  };
};

/** The wire types among all that a log has to be asked for; undefined: every type. */
export const typesOf = ({ types }: Filter, all: readonly string[]): readonly string[] | undefined => {
  if (!types) return undefined;
  const patterns = types.map(typePattern);
  if (types.some((pattern) => /^\*+$/.test(pattern))) return undefined;
  return all.filter((type) => patterns.some((pattern) => pattern.test(type)));
};

/** What is wrong with a filter where these are all types that there are: a pattern that fits none is a slip of the pen. */
export const issuesOf = ({ types = [] }: Filter, all: readonly string[]): readonly Issue[] =>
  types.flatMap((pattern, index) => {
    const form = typePattern(pattern);
    return all.some((type) => form.test(type)) ? [] : [{ path: ["types", index], message: `${pattern} fits no type of event` }];
  });

const typePattern = (pattern: string): RegExp => {
  const text = pattern.split(/\*+/).map((piece) => RegExp.escape(piece)).join("[A-Za-z0-9.]*");
  // Without a version, and without a star that could stand for it: any version.
  return new RegExp(`^${text}${/(\.v\d+|\*)$/.test(pattern) ? "" : String.raw`\.v\d+`}$`);
};

const streamPattern = (pattern: string): ((stream: string) => boolean) => {
  if (!pattern.endsWith("*")) return (stream) => stream === pattern;
  const beginning = pattern.slice(0, -1);
  return (stream) => stream.startsWith(beginning);
};
