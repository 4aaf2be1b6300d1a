import type { Json } from "#domain/kernel/json.ts";

/** JSON.parse says `any`; what it gives is this. Throws a SyntaxError. */
export const parseJson = (text: string): Json => JSON.parse(text) as Json;
