import { once } from "node:events";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, Response } from "express";
import { sendProblem } from "#api/problem.ts";
import type { Blob, BlobStore } from "#commands/ports/blob-store.ts";
import { parseRange } from "./ranges.ts";
import { setHeaders } from "./tuf-headers.ts";

/** Answers with a blob or the one range of it that is asked for: RFC 9110 §13 and §14. Other headers are set already. */
export const sendBlob = async (blobs: BlobStore, { sha256, length }: Blob, request: Request, response: Response): Promise<void> => {
  const etag = `"${sha256}"`;
  setHeaders(response, { ETag: etag, "Accept-Ranges": "bytes" });
  if (request.fresh) return void response.status(304).end();
  const range = parseRange(wantedRange(request, etag), length);
  if (range === "none") return sendProblem(response, unsatisfiable(length));
  if (range !== "all") response.status(206).setHeader("Content-Range", `bytes ${range.start}-${range.end}/${length}`);
  const wanted = range === "all" ? length : range.end - range.start + 1;
  response.setHeader("Content-Length", wanted);
  if (request.method === "HEAD" || length === 0) return void response.end();
  await stream(range === "all" ? blobs.open(sha256) : blobs.open(sha256, range), wanted, response);
};

/** If-Range wants the strong ETag; a date is of no use here, since a blob has none. */
const wantedRange = (request: Request, etag: string): string | undefined => {
  const condition = request.headers["if-range"];
  if (request.method !== "GET" || (condition !== undefined && condition !== etag)) return undefined;
  return request.headers.range;
};

/** Before the first byte is there, what goes wrong can still become a proper answer; afterwards it cuts the connection. */
const stream = async (source: Readable, wanted: number, response: Response): Promise<void> => {
  await once(source, "readable");
  let sent = 0;
  source.on("data", (chunk: Buffer) => (sent += chunk.length));
  await pipeline(source, response, { end: false });
  // A kept-alive client would wait for the rest for ever.
  if (sent !== wanted) throw new Error(`a blob gave ${sent} bytes instead of ${wanted}`);
  response.end();
};

const unsatisfiable = (length: number) => ({
  status: 416,
  code: "RANGE_NOT_SATISFIABLE",
  title: "Range not satisfiable",
  detail: `The file has ${length} bytes.`,
  headers: { "Content-Range": `bytes */${length}` },
});
