import type { Json } from "./json.ts";

/**
 * RFC 8785, the JSON Canonicalization Scheme: one text for one value, whatever the order of its members. What a value lacks in I-JSON (a
 * lone surrogate) is written escaped, as `JSON.stringify` does, so that every stored event has a text.
 */
export const jcs = (value: Json): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(jcs).join(",")}]`;
  let members = "";
  // RFC 8785 §3.2.3: by UTF-16 units, which is JavaScript's own order.
  for (const name of Object.keys(value).sort()) members += `${members === "" ? "" : ","}${JSON.stringify(name)}:${jcs(value[name] ?? null)}`;
  return `{${members}}`;
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
