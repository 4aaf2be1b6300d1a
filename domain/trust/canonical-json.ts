import { hash } from "node:crypto";
import type { Key } from "./signed.ts";

/** Deepest nesting that is written: python's reader stops at 1,000, and nobody signs a tower by intent. */
const deepest = 64;

/**
 * OLPC canonical JSON, the bytes that TUF signs (TUF 1.0.34 §4.2): only `\` and `"` are escaped, so control characters stay raw and
 * the text need not be valid JSON. Linear in its length. Throws a TypeError for whatever has no canonical form: fractions,
 * integers beyond 2^53-1, lone surrogates, undefined, nesting over 64 levels. ADR-0003.
 */
export const canonicalJson = (value: unknown, depth = 0): string => {
  if (depth > deepest) throw new TypeError(`nesting over ${deepest} levels has no canonical form`);
  if (typeof value === "string") return canonicalString(value);
  if (typeof value === "number") return canonicalInteger(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (isList(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(",")}]`;
  if (!isPlain(value)) throw new TypeError(`a value of type ${typeof value} has no canonical form`);
  const members: [string, unknown][] = Object.entries(value);
  members.sort(([a], [b]) => byCodePoint(a, b));
  return `{${members.map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member, depth + 1)}`).join(",")}}`;
};

export const canonicalString = (text: string): string => {
  if (!text.isWellFormed()) throw new TypeError("a lone surrogate has no canonical form");
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
};

export const canonicalInteger = (value: number): string => {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} has no canonical form: integers up to 2^53-1 only`);
  return String(value);
};

/** What is wrong with a value that `canonicalJson` refuses; null where it has a canonical form. */
export const notCanonical = (value: unknown): string | null => {
  try {
    canonicalJson(value);
    return null;
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
};

/** TUF 1.0.34 §4.2: lower-case hex of the SHA-256 of the canonical key, all of its fields. */
export const keyidOf = (key: Key): string => hash("sha256", canonicalJson(key), "hex");

/** Orders well-formed strings by code point, as UTF-8 bytes are ordered; JavaScript's own order is by UTF-16 unit. */
export const byCodePoint = (a: string, b: string): number => {
  const end = Math.min(a.length, b.length);
  for (let index = 0; index < end; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
};

// Surrogates stand for code points beyond U+FFFF, so they go behind U+E000 … U+FFFF.
const rank = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
};

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isPlain = (value: unknown): value is object => {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
