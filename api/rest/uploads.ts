import { Router } from "express";
import type { Request, RequestHandler } from "express";
import type { EntranceNeeds } from "#api/access/entrance.ts";
import { sendProblem } from "#api/problem.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { requireScope } from "./guard.ts";

export interface UploadNeeds extends EntranceNeeds {
  readonly blobs: BlobStore;
  /** Largest blob, in bytes. */
  readonly limit: number;
}

/** `POST /blobs`: the body's bytes as they are; answers 201 with what they are known by. */
export const uploads = ({ blobs, limit, ...needs }: UploadNeeds): Router => {
  const router = Router({ caseSensitive: true });
  router.post("/blobs", requireScope(needs, "write"), rawOnly, async (request, response) => {
    refuseEarly(request, limit);
    // Left half-read, the request must live on: its connection carries the answer.
    const blob = await blobs.put(request.iterator({ destroyOnReturn: false }), limit);
    response.status(201).set("Cache-Control", "no-store").json(blob);
  });
  return router;
};

const refuseEarly = (request: Request, limit: number): void => {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limit)
    throw new InvalidInput([{ path: [], message: `has ${announced} bytes, at most ${limit} are allowed` }], "BLOB_TOO_LARGE");
};

/** A coded or wrapped body would be stored, and hashed, with its wrapping. */
const rawOnly: RequestHandler = (request, response, next) => {
  const coding = request.headers["content-encoding"] ?? "identity";
  if (coding !== "identity") sendProblem(response, unsupported(`Content-Encoding ${JSON.stringify(coding)}`));
  else if (request.headers["content-type"]?.startsWith("multipart/")) sendProblem(response, unsupported("a multipart form"));
  else next();
};

const unsupported = (what: string) => ({
  status: 415,
  code: "UNSUPPORTED_MEDIA_TYPE",
  title: "Unsupported media type",
  detail: `Send the bytes themselves as the body, not ${what}.`,
});
