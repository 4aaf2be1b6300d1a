import type { ServerResponse } from "node:http";

/** For what never changes under its name. */
export const immutable = { "Cache-Control": "public, max-age=31536000, immutable" };

/** For what may change at any time, and can be asked after by its ETag. */
export const revalidated = { "Cache-Control": "public, max-age=0, must-revalidate" };

/** Letter for letter: Express's own `set` adds a charset, which JSON has none of. */
export const setHeaders = (response: ServerResponse, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
};
