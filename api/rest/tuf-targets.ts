import type { Request, Response } from "express";
import { sendProblem } from "#api/problem.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import { isKnownTarget, publishedTarget } from "#projections/trust/file-queries.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { notFound } from "./problems.ts";
import { sendBlob } from "./send-blob.ts";
import { immutable, revalidated, setHeaders } from "./tuf-headers.ts";
import { parseHashedTarget } from "./tuf-path.ts";
import type { TufPath } from "./tuf-path.ts";

interface Found {
  readonly sha256: string;
  readonly path: string;
  readonly caching: Readonly<Record<string, string>>;
}

/** Target files, by the names of both hash forms and by the plain one. */
export const tufTargets = ({ sql, blobs }: { readonly sql: Sql; readonly blobs: BlobStore }) => {
  /** Clients ask for names with a hash; those come first, so that a target whose own name has that form hides none. */
  const find = async (repository: string, name: string): Promise<Found | null> => {
    for (const target of parseHashedTarget(name))
      if (await isKnownTarget(sql, repository, target)) return { ...target, caching: immutable };
    const sha256 = await publishedTarget(sql, repository, name);
    return sha256 === null ? null : { sha256, path: name, caching: revalidated };
  };

  return async (request: Request, response: Response, { repository, name }: TufPath): Promise<void> => {
    const found = await find(repository, name);
    const length = found && (await blobs.length(found.sha256));
    // An imported target was recorded without its bytes: they may still come.
    if (length === null) return sendProblem(response, notFound("There is no such target file."));
    setHeaders(response, { ...found?.caching, ...describe(found?.path ?? name) });
    await sendBlob(blobs, { sha256: found?.sha256 ?? "", length }, request, response);
  };
};

/** Whoever may upload must not get to run scripts in our origin: nothing is shown, everything is saved. */
const describe = (path: string): Record<string, string> => ({
  "Content-Type": "application/octet-stream",
  "Content-Disposition": `attachment; filename*=UTF-8''${escape(path.slice(path.lastIndexOf("/") + 1))}`,
  "Content-Security-Policy": "default-src 'none'; sandbox",
  "X-Content-Type-Options": "nosniff",
});

/** RFC 8187 §3.2.1. */
const escape = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
