import type { RequestHandler } from "express";
import { canonicalEvent, leafHash } from "#domain/audit/leaf.ts";
import { isConfidential } from "#domain/deliveries/confidential.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { bearerSecret } from "#api/access/bearer.ts";
import { type Authenticate, mayActAs } from "#api/access/principal.ts";
import { written } from "#api/rest/written.ts";
import type { EventLog } from "#commands/ports/event-log.ts";

interface Needs {
  readonly log: EventLog;
  readonly authenticate: Authenticate;
}

const pageLimit = 1000;

/**
 * `GET /ledger/log?after=<position>&to=<position>`: the log itself, one line for each event with its canonical text, up to where the log
 * was when it was asked. Of what the token may not see, the line has the leaf's hash instead. The last line is
 * `{"end":{"position":…}}`: without it something was cut off.
 */
export const sendLog =
  ({ log, authenticate }: Needs): RequestHandler =>
  async (request, response) => {
    const after = positionOf(request.query, "after") ?? 0;
    const to = Math.min(positionOf(request.query, "to") ?? Number.MAX_SAFE_INTEGER, await log.head());
    const principal = await authenticate(bearerSecret(request.headers.authorization) ?? "");
    const line = principal && mayActAs(principal, "admin") ? canonicalEvent : lineForReaders;
    response.setHeader("Content-Type", "application/x-ndjson").setHeader("Cache-Control", "no-store");
    for (let position = after; position < to && !response.destroyed; ) {
      const page = await log.readAll({ after: position, limit: pageLimit });
      const lines = page.events.filter((event) => event.position <= to).map((event) => `${line(event)}\n`);
      if (lines.length > 0) await written(response, lines.join(""));
      if (page.caughtUp || page.position <= position) break;
      position = page.position;
    }
    response.end(`{"end":{"position":${to}}}\n`);
  };

const lineForReaders = (event: StoredEvent): string => {
  if (!isConfidential(event)) return canonicalEvent(event);
  const { position, id, stream, revision, type } = event;
  return JSON.stringify({ withheld: { leaf: leafHash(event).toString("base64"), position, id, stream, revision, type } });
};

const positionOf = (query: unknown, name: "after" | "to"): number | null => {
  const value: unknown = Object(query)[name];
  if (value === undefined) return null;
  const position = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(position)) return position;
  throw new InvalidInput([{ path: [name], message: "must be a position of the log" }]);
};
