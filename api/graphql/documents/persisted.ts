import { hash } from "node:crypto";
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { Application } from "#api/application.ts";
import { recent } from "#api/recent.ts";
import { type Prepare, type Prepared, preparer, type Rejected } from "./prepare.ts";

/** The document of a request: by its text, by its SHA-256, or by both. */
export interface Asked {
  readonly query: string | null;
  /** Lower-case hex. */
  readonly sha256: string | null;
}

/** Finds the document of a request, prepared. */
export type Documents = (asked: Asked) => Prepared | Rejected;

/**
 * Documents by their hash. One that comes with its text is remembered, so that the next request needs the hash alone. In
 * allow-list mode the registered ones are all there are.
 */
export const documentsOf = (schema: GraphQLSchema, { limits, persisted }: Pick<Application, "limits" | "persisted">): Documents => {
  const prepare = preparer(schema, limits);
  const registered = new Map(persisted.registered.map((text) => [hash("sha256", text), { text, prepared: null }]));
  const seen = recent<Prepared>(limits.documentCharacters);

  const byHash = (sha256: string): Prepared | Rejected => {
    const known = listed(registered.get(sha256), prepare) ?? seen.get(sha256);
    return known ?? { errors: [notFound] };
  };

  return ({ query, sha256 }) => {
    if (query !== null && sha256 !== null && hash("sha256", query) !== sha256) return { errors: [mismatch] };
    if (persisted.only) return allowed(query, sha256, byHash);
    if (sha256 === null) return query === null ? { errors: [nothingAsked] } : prepare(query);
    if (query === null) return byHash(sha256);
    const prepared = prepare(query);
    if ("document" in prepared) seen.set(sha256, prepared, query.length);
    return prepared;
  };
};

interface Listed {
  readonly text: string;
  prepared: Prepared | Rejected | null;
}

const listed = (document: Listed | undefined, prepare: Prepare): Prepared | Rejected | null => {
  if (!document) return null;
  document.prepared ??= prepare(document.text);
  return document.prepared;
};

const allowed = (query: string | null, sha256: string | null, byHash: (sha256: string) => Prepared | Rejected): Prepared | Rejected => {
  if (query === null && sha256 === null) return { errors: [nothingAsked] };
  const found = byHash(sha256 ?? hash("sha256", query ?? ""));
  return query !== null && "errors" in found ? { errors: [required] } : found;
};

const rejection = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } });

// Apollo's clients look for this very message, then send the text too.
const notFound = rejection("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
const required = rejection("PERSISTED_QUERY_REQUIRED", "this server carries out registered documents only");
const mismatch = rejection("PERSISTED_QUERY_MISMATCH", "the hash is not the SHA-256 of the document");
const nothingAsked = rejection("INVALID_INPUT", "send a document in `query`, or the hash of one in `documentId`");
