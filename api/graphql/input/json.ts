import { z } from "zod";

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Far below what canonical JSON writes, and readers of four languages read. */
const deepest = 16;

/**
 * JSON that can be signed: whole numbers, well-formed text. The faults come with their paths, in the order of the document.
 */
const faultsOf = function* (value: unknown, path: readonly (string | number)[] = []): Generator<Fault> {
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

/** Finds the faults of JSON that is to be signed, each with its path, before the domain's own rules look at the whole. */
export const Signable = z.unknown().superRefine((value, context) => {
  for (const { path, message } of faultsOf(value).take(100)) context.addIssue({ code: "custom", message, path: [...path] });
});
