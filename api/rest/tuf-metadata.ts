import type { Request, Response } from "express";
import { sendProblem } from "#api/problem.ts";
import { metadataVersion, newestMetadata } from "#projections/trust/file-queries.ts";
import type { MetadataFile } from "#projections/trust/file-queries.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { byteCache } from "./byte-cache.ts";
import { compress, negotiate } from "./encodings.ts";
import type { Coding } from "./encodings.ts";
import { notFound } from "./problems.ts";
import { sharedReads } from "./shared-reads.ts";
import { immutable, setHeaders } from "./tuf-headers.ts";
import { parseMetadataName } from "./tuf-path.ts";
import type { MetadataName, TufPath } from "./tuf-path.ts";

const mebibyte = 1024 * 1024;

interface Encoded {
  readonly coding: Coding;
  readonly bytes: Buffer;
}

/** The newest must be asked for each time: a client that gets an old timestamp misses what was published. */
const newest = { "Cache-Control": "no-store" };

/** Metadata files as clients read them. A version has one byte string for ever, so what was read or compressed once is kept. */
export const tufMetadata = (sql: Sql) => {
  const newestFiles = sharedReads<MetadataFile | null>();
  const files = byteCache<MetadataFile>(32 * mebibyte, (file) => file.bytes.length);
  const encodings = byteCache<Encoded>(16 * mebibyte, (encoded) => encoded.bytes.length);

  const find = (repository: string, { role, version }: MetadataName): Promise<MetadataFile | null> =>
    version === null
      ? newestFiles(`${repository}\n${role}`, () => newestMetadata(sql, repository, role))
      : files.remember(`${repository}\n${role}\n${version}`, () => metadataVersion(sql, repository, role, version));

  const encode = async (file: MetadataFile, coding: Coding): Promise<Encoded> => {
    const plain: Encoded = { coding: "identity", bytes: file.bytes };
    if (coding === "identity") return plain;
    const pack = async (): Promise<Encoded> => {
      const packed = await compress(file.bytes, coding);
      return packed ? { coding, bytes: packed } : plain;
    };
    return (await encodings.remember(`${file.sha256}\n${coding}`, pack)) ?? plain;
  };

  return async (request: Request, response: Response, { repository, name }: TufPath): Promise<void> => {
    const wanted = parseMetadataName(name);
    const file = wanted && (await find(repository, wanted));
    if (!file) return sendProblem(response, notFound("There is no such metadata file."));
    const { coding, bytes } = await encode(file, negotiate(request.headers["accept-encoding"]));
    setHeaders(response, { ...(wanted.version === null ? newest : immutable), ...describe(file, coding) });
    if (request.fresh) response.status(304).end();
    else response.setHeader("Content-Length", bytes.length).end(bytes);
  };
};

/** RFC 9110 §8.8.3: a strong ETag is of one coding only. */
const describe = ({ sha256 }: MetadataFile, coding: Coding): Record<string, string> => ({
  "Content-Type": "application/json",
  Vary: "Accept-Encoding",
  ...(coding === "identity" ? { ETag: `"${sha256}"` } : { ETag: `"${sha256}-${coding}"`, "Content-Encoding": coding }),
});
