import { z } from "zod";
import type { Json, JsonObject } from "#domain/kernel/json.ts";

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Far below what canonical JSON writes, and readers of four languages read. */
const deepest = 16;

/**
 * JSON that can be signed: whole numbers, well-formed text. The faults come with their paths, in the order of the document.
 */
export const faultsOf = function* (value: unknown, path: readonly (string | number)[] = []): Generator<Fault> {
  if (path.length > deepest) yield { path, message: `must not be nested more than ${deepest} levels deep` };
  else if (typeof value === "string") yield* textFaults(value, path);
  else if (typeof value === "number" && !Number.isSafeInteger(value))
    yield { path, message: "must be a whole number up to 2^53-1 (others have no canonical form: use a string)" };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* faultsOf(item, [...path, index]);
  else if (typeof value === "object" && value !== null)
    for (const [name, member] of Object.entries(value)) {
      yield* textFaults(name, [...path, name]);
      yield* faultsOf(member, [...path, name]);
    }
};

const textFaults = function* (text: string, path: readonly (string | number)[]): Generator<Fault> {
  if (!text.isWellFormed()) yield { path, message: "must be well-formed Unicode" };
  if (text.includes("\0")) yield { path, message: "must not contain the character U+0000" };
  if (text === "__proto__") yield { path, message: "must not be named __proto__" };
};

const isObject = (value: unknown): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object of such JSON, not empty. */
export const SignableObject = z.unknown().transform((value, context): JsonObject => {
  const faults = isObject(value) ? [...faultsOf(value).take(100)] : [{ path: [], message: "must be a JSON object" }];
  if (isObject(value) && Object.keys(value).length === 0) faults.push({ path: [], message: "must not be empty" });
  for (const { path, message } of faults) context.addIssue({ code: "custom", message, path: [...path] });
  return isObject(value) ? value : z.NEVER;
});
