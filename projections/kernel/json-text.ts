import type { Json } from "#domain/kernel/json.ts";

/** JSON of which PostgreSQL can make texts: they hold no NUL, and an event from outside with one must not stop a read model. */
export const jsonText = (value: Json): string => {
  const text = JSON.stringify(value);
  return text.includes(nul) ? text.replace(everyNul, "$1\\ufffd") : text;
};

const nul = "\\u0000";
/** A backslash before it that is itself escaped belongs to another character. */
const everyNul = /(?<!\\)((?:\\\\)*)\\u0000/g;
