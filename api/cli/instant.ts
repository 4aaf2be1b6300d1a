import { usageError } from "./exit.ts";

/** A date, or a time with its zone; also as tables show it, with a space. */
export const instant = (name: string, given: string | undefined): string | undefined => {
  if (given === undefined) return undefined;
  const text = /^\d{4}-\d\d-\d\d$/.test(given) ? `${given}T00:00:00Z` : given.replace(" ", "T");
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
  if (isTime) return new Date(text).toISOString();
  throw usageError(`--${name} must be a day or a time with its zone, not ${JSON.stringify(given)}`, "like 2026-11-20, or 2026-11-20T10:00:00Z");
};
