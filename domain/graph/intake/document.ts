import type { z } from "zod";
import { refuse, type Refusal } from "#domain/kernel/decider.ts";
import type { Attributes, LinkClaim, NodeClaim, Value } from "#domain/graph/events.ts";
import { keyOf, packageOf } from "#domain/graph/keys.ts";
import type { Kind } from "#domain/graph/kinds.ts";

export type DocumentCode = "DOCUMENT_UNKNOWN" | "DOCUMENT_UNSUPPORTED" | "DOCUMENT_MALFORMED";

/** What a document says of the graph. Its own key is the digest of its bytes. */
export interface Reading {
  /** `CycloneDX 1.6`. */
  readonly format: string;
  readonly nodes: readonly NodeClaim[];
  /** To be claimed only of nodes that the source does not claim yet: what it said of them is more. */
  readonly hints: readonly NodeClaim[];
  readonly links: readonly LinkClaim[];
  /** What it holds beyond that, in words: `3 components without a package URL or a SHA-256`. */
  readonly skipped: readonly string[];
}

/** A document's bytes, parsed, and the key that they have. */
export interface Given {
  readonly key: string;
  readonly json: unknown;
}

/** The document is of this format, and not as the format wants it: where, as a JSON path. */
export const malformed = (format: string, path: readonly PropertyKey[], problem: string): Refusal<DocumentCode> =>
  refuse("DOCUMENT_MALFORMED", `not as ${format} wants it: ${jsonPath(path)} ${problem}`, { format, path: jsonPath(path) });

export const jsonPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => text + (typeof part === "number" ? `[${part}]` : /^[A-Za-z_][\w-]*$/.test(String(part)) ? `.${String(part)}` : `[${JSON.stringify(String(part))}]`), "$");

/** A document in its format's shape, or where it is not. */
export const shaped = <Shape extends z.ZodType>(format: string, shape: Shape, json: unknown): { readonly data: z.infer<Shape> } | Refusal<DocumentCode> => {
  const { success, data, error } = shape.safeParse(json);
  if (success) return { data };
  const issue = error.issues[0];
  return malformed(format, issue?.path ?? [], issue?.message.replace(/^Invalid input: /, "") ?? "");
};

/** Counts what a reader passes over, by what it is. */
export const skipping = () => {
  const counts = new Map<string, number>();
  return {
    add: (what: string, count = 1): void => {
      if (count > 0) counts.set(what, (counts.get(what) ?? 0) + count);
    },
    texts: (): string[] => [...counts].map(([what, count]) => `${count} × ${what}`),
  };
};

const longest = 1000;

/** A text from a stranger, as attributes may hold it. */
const clean = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.slice(0, longest).toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "\ufffd");

const room = 3500;

/** Attributes of what is given: what is absent or empty is left out, what is too long cut. */
export const attributesOf = (given: Offered): Attributes => {
  const attributes: Record<string, Value> = {};
  let left = room;
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) continue;
    const kept: Value = typeof value === "string" ? clean(value) : Array.isArray(value) ? fitting([...new Set(value.map(clean))], left / 2) : value;
    const size = bytes(JSON.stringify(kept)) + name.length + 4;
    if (size > left) continue;
    left -= size;
    attributes[name] = kept;
  }
  return attributes;
};

/** As many of a list's texts as there is room for. */
const fitting = (texts: readonly string[], most: number): string[] => {
  let left = most;
  return texts.filter((text) => (left -= bytes(JSON.stringify(text)) + 1) > 0);
};

const bytes = (text: string): number => Buffer.byteLength(text);

type Offered = Readonly<Record<string, Value | null | undefined>>;

/** Collects claims, each once. What a document says of a component stands on the link to it: of the component itself others know more. */
export const gathering = () => {
  const nodes = new Map<string, NodeClaim>();
  const hints = new Map<string, NodeClaim>();
  const links = new Map<string, LinkClaim>();
  const put = (type: LinkClaim["type"], from: string, to: string, given: Offered): void => {
    const name = `${from} ${type} ${to}`;
    if (from !== to && !links.has(name)) links.set(name, { type, from, to, attributes: attributesOf(given) });
  };
  return {
    node: (key: string, kind: Kind, given: Offered): void => {
      if (!nodes.has(key)) nodes.set(key, { key, kind, attributes: attributesOf(given) });
    },
    hint: (key: string, kind: Kind, given: Offered): void => {
      if (!hints.has(key)) hints.set(key, { key, kind, attributes: attributesOf(given) });
    },
    /** Of a version it says also which package it is one of. */
    link: (type: LinkClaim["type"], from: string, to: string, given: Offered = {}): void => {
      put(type, from, to, given);
      for (const end of [from, to]) {
        const name = packageOf(end);
        if (name !== null) put("contains", name, end, {});
      }
    },
    all: () => ({ nodes: [...nodes.values()], hints: [...hints.values()], links: [...links.values()] }),
  };
};

/** The key of a SHA-256, however its hexadecimal digits are spelt; null where it is none. */
export const digestKey = (hex: string | undefined): string | null => (hex !== undefined && /^[0-9a-f]{64}$/i.test(hex) ? `sha256:${hex.toLowerCase()}` : null);

/** The key that a package URL is; null where it is none, or no key. */
export const purlKey = (purl: string | undefined): string | null => {
  const found = purl === undefined || !purl.startsWith("pkg:") ? null : keyOf(purl);
  return found?.key ?? null;
};
