import { z } from "zod";
import type { Issue } from "#domain/kernel/errors.ts";
import { invalid } from "#api/graphql/input/invalid.ts";
import { parseJson } from "#api/json.ts";
import type { Variables } from "#api/graphql/documents/cost.ts";

/** What a request asks for: GraphQL over HTTP, with persisted documents by `documentId` or in Apollo's form. */
export interface Params {
  readonly query: string | null;
  /** Lower-case hex of the document's SHA-256. */
  readonly sha256: string | null;
  readonly operationName: string | null;
  readonly variables: Variables;
}

const Hash = z.string().regex(/^[0-9a-f]{64}$/, "must be the lower-case hex of a SHA-256");

const Extensions = z.looseObject({
  persistedQuery: z.looseObject({ version: z.literal(1), sha256Hash: Hash }).nullish(),
});

const Form = z.object({
  query: z.string().nullish(),
  documentId: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and the lower-case hex of a SHA-256")
    .nullish(),
  operationName: z.string().nullish(),
  variables: z.custom<Variables>((value) => typeof value === "object" && value !== null && !Array.isArray(value), "must be an object").nullish(),
  extensions: Extensions.nullish(),
});

/** Values within each other: deeper ones are refused before anything walks through them. */
const deepest = 64;

const tooDeep = (root: unknown): boolean => {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap(inside);
  }
  return false;
};

const inside = (value: unknown): readonly unknown[] => (typeof value === "object" && value !== null ? Object.values(value) : []);

/** The parameters in a parsed body, or what is wrong with it. */
export const paramsOf = (body: unknown): Params | { readonly issues: readonly Issue[] } => {
  if (Array.isArray(body)) return { issues: [{ path: [], message: "must be one operation: batches are not carried out" }] };
  const parsed = Form.safeParse(body);
  if (!parsed.success) return { issues: invalid(parsed.error.issues).issues };
  const { query = null, documentId, operationName, variables, extensions } = parsed.data;
  if (variables && tooDeep(variables)) return { issues: [{ path: ["variables"], message: `must not be nested more than ${deepest} levels deep` }] };
  return {
    query: query === "" ? null : query,
    sha256: documentId?.slice("sha256:".length) ?? extensions?.persistedQuery?.sha256Hash ?? null,
    operationName: operationName ?? null,
    variables: variables ?? {},
  };
};

/** The same in the URL of a GET: `variables` and `extensions` are JSON. */
export const urlParams = (search: URLSearchParams): Params | { readonly issues: readonly Issue[] } => {
  const body: Record<string, unknown> = {};
  for (const name of ["query", "documentId", "operationName"]) body[name] = search.get(name);
  for (const name of ["variables", "extensions"])
    try {
      body[name] = parseJson(search.get(name) || "null");
    } catch {
      return { issues: [{ path: [name], message: "is no JSON" }] };
    }
  return paramsOf(body);
};
