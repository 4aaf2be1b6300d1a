import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import type { z } from "zod";
import { OfferedLink, OfferedLinkKey, OfferedNode } from "#domain/graph/offered.ts";
import { OfferedKey } from "#domain/graph/keys.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";

/** What files say, checked as the server would, each thing once. */
export interface Told<Node, Link> {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly links: ReadonlyMap<string, Link>;
}

export type Facts = Told<z.infer<typeof OfferedNode>, z.infer<typeof OfferedLink>>;
export type Withdrawn = Told<string, z.infer<typeof OfferedLinkKey>>;

interface Item {
  readonly value: unknown;
  /** `line 7`, `nodes[3]`. */
  readonly place: string;
}

/** Nodes and links: one JSON object a line, or one document `{"nodes": […], "links": […]}`, or a list of either. Nothing is sent where anything is wrong. */
export const readFacts = async (files: readonly string[]): Promise<Facts> => {
  const told = { nodes: new Map<string, z.infer<typeof OfferedNode>>(), links: new Map<string, z.infer<typeof OfferedLink>>() };
  await eachItem(files, (where, { value }) => {
    if (isLink(value)) {
      const link = checked(OfferedLink, value, where);
      putOnce(told.links, `${link.from} ${link.type} ${link.to}`, link, where);
    } else {
      const node = checked(OfferedNode, value, where);
      putOnce(told.nodes, node.key, node, where);
    }
  });
  return told;
};

/** What shall no longer be said: the same files; what they say beside keys does not matter. */
export const readWithdrawn = async (files: readonly string[]): Promise<Withdrawn> => {
  const told = { nodes: new Map<string, string>(), links: new Map<string, z.infer<typeof OfferedLinkKey>>() };
  await eachItem(files, (where, { value }) => {
    if (isLink(value)) {
      const link = checked(OfferedLinkKey, value, where);
      told.links.set(`${link.from} ${link.type} ${link.to}`, link);
    } else {
      const key = checked(OfferedKey, typeof value === "object" && value !== null && "key" in value ? value.key : value, where);
      told.nodes.set(key, key);
    }
  });
  return told;
};

const eachItem = async (files: readonly string[], take: (where: string, item: Item) => void): Promise<void> => {
  for (const file of files) for (const item of itemsOf(file, await textIn(file))) take(`${file === "-" ? "standard input" : file}, ${item.place}`, item);
};

const textIn = async (file: string): Promise<string> => {
  if (file === "-") return textOf(process.stdin);
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new CliError(exitCodes.usage, missing ? `there is no file ${file}` : `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
};

function* itemsOf(file: string, text: string): Generator<Item> {
  const whole = parsed(text);
  if (whole !== undefined) {
    yield* inDocument(whole);
    return;
  }
  let number = 0;
  for (const line of text.split("\n")) {
    number++;
    if (line.trim() === "") continue;
    const value = parsed(line);
    if (value === undefined) throw broken(`${file === "-" ? "standard input" : file}, line ${number}`, "this is no JSON");
    yield { value, place: `line ${number}` };
  }
}

function* inDocument(whole: unknown): Generator<Item> {
  if (Array.isArray(whole)) for (const [index, value] of whole.entries()) yield { value: value as unknown, place: `[${index}]` };
  else if (typeof whole === "object" && whole !== null && !("key" in whole) && !("type" in whole))
    for (const [name, some] of Object.entries(whole))
      if ((name === "nodes" || name === "links") && Array.isArray(some)) for (const [index, value] of some.entries()) yield { value: value as unknown, place: `${name}[${index}]` };
      else yield { value: null, place: name };
  else yield { value: whole, place: "line 1" };
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isLink = (value: unknown): boolean => typeof value === "object" && value !== null && "from" in value;

const checked = <Shape extends z.ZodType>(shape: Shape, value: unknown, where: string): z.infer<Shape> => {
  const { success, data, error } = shape.safeParse(spelt(value));
  if (success) return data;
  const [issue = { path: [], message: "" }] = error.issues;
  throw broken(where, `${issue.path.join(".")}${issue.path.length > 0 ? " " : "must be a node (with a key) or a link (with type, from, to): "}${issue.message}`);
};

/** Kinds and types as GraphQL spells them are as good. */
const spelt = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, part]: [string, unknown]) => [name, (name === "kind" || name === "type") && typeof part === "string" ? part.toLowerCase().replaceAll("_", "-") : part]))
    : value;

const putOnce = <Value>(into: Map<string, Value>, key: string, value: Value, where: string): void => {
  const before = into.get(key);
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(value)) throw broken(where, `${key} was told before, otherwise`);
  into.set(key, value);
};

const broken = (where: string, problem: string): CliError => new CliError(exitCodes.usage, `${where}: ${problem}`, { hint: "nothing was sent" });
