import { z } from "zod";
import { JsonObject } from "#domain/kernel/json.ts";
import { canonicalJson, notCanonical } from "./canonical-json.ts";

/** Lower-case hex of a SHA-256. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be the 64 lower-case hex digits of a SHA-256");

// tuf-js orders names by UTF-16 unit, all others by code point: beside a name with U+E000 … U+FFFF such a one breaks its bin.
const beyondBmp = /[\u{10000}-\u{10ffff}]/u;

const forbidden: readonly (readonly [RegExp, string])[] = [
  // oxlint-disable-next-line no-control-regex
  [/[\u0000-\u001f\u007f-\u009f]/, "must not contain control characters"],
  [/^\//, "must not start with /"],
  [/\/$/, "must not end with /"],
  [/\/\//, "must not contain an empty part (//)"],
  [/(^|\/)\.{1,2}(\/|$)/, "must not contain . or .. as a part"],
  // tuf-clients.md: these are cut off, unescaped or turned round on the way by at least one client.
  [/[?#%\\]/, "must not contain any of ? # % \\"],
  // tuf-js looks names up in plain objects: it finds these in the first role already, as what every object inherits.
  [
    /^(__(proto|defineGetter|defineSetter|lookupGetter|lookupSetter)__|constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|toString|valueOf)$/,
    "must not be the name of a property that every JavaScript object has",
  ],
  [beyondBmp, "must not contain characters beyond U+FFFF"],
  // Unpaired surrogates have no UTF-8, and the bin of a path is the hash of its UTF-8.
  [/\p{Surrogate}/u, "must be well-formed Unicode"],
];

/** A TARGETPATH that every one of the four clients asks for by the same name. */
export const TargetPath = z
  .string()
  .min(1, "must not be empty")
  .max(1024, "must have at most 1024 characters")
  .superRefine((path, context) => {
    for (const [pattern, message] of forbidden) if (pattern.test(path)) context.addIssue({ code: "custom", message });
  });

/** Keeps a full bin under the 5,000,000 bytes that clients read. */
const maxCustom = 4096;

/** Looked at before its shape is, whose reader would go as deep as the nesting does. */
const custom = z
  .unknown()
  .superRefine((fields, context) => {
    const fault = notCanonical(fields) ?? unfit(fields) ?? badName(fields);
    if (fault !== null) context.addIssue({ code: "custom", message: fault });
  })
  .pipe(JsonObject.refine((fields) => Object.keys(fields).length > 0, "must not be empty"));

const unfit = (fields: unknown): string | null => {
  const text = canonicalJson(fields);
  if (text.length > maxCustom) return `must have at most ${maxCustom} characters as JSON`;
  // PostgreSQL's text holds none.
  return text.includes("\0") ? "must not contain the character U+0000" : null;
};

const badName = (fields: unknown): string | null => {
  let fault: string | null = null;
  JSON.stringify(fields, (name, member: unknown) => {
    if (beyondBmp.test(name)) fault = "must not have names with characters beyond U+FFFF";
    // Readers of JSON lose it, ours among them.
    if (name === "__proto__") fault = "must not have a name __proto__";
    return member;
  });
  return fault;
};

/**
 * TUF 1.0.34 §4.5: what a client checks of a target file, as it is offered. sha256 only: with two hashes go-tuf asks for
 * either. `custom` is opaque to TUF and signed with the rest; not empty: tough refuses `{}`.
 */
export const OfferedTarget = z
  .strictObject({
    path: TargetPath,
    /** Bytes. */
    length: z.int().min(0),
    hashes: z.strictObject({ sha256: Sha256 }).readonly(),
    custom: custom.optional(),
  })
  .readonly();

/** A target as it was recorded: the shape alone, since the rules for new ones may grow. */
export const Target = z
  .strictObject({
    path: z.string(),
    length: z.number(),
    hashes: z.strictObject({ sha256: z.string() }).readonly(),
    custom: JsonObject.optional(),
  })
  .readonly();
export type Target = z.infer<typeof Target>;
