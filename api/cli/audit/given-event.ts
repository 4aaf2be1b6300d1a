import { usageError } from "#api/cli/exit.ts";

/** An event as a person names it: by its id or its position. */
export const givenEvent = (given: string): { event?: string; position?: number } => {
  if (/^\d{1,16}$/.test(given)) return { position: Number(given) };
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given)) return { event: given.toLowerCase() };
  throw usageError(`${JSON.stringify(given)} is neither the id of an event nor a position`);
};
