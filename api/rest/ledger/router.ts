import { Router } from "express";
import type { RequestHandler, Response } from "express";
import { parseTilePath } from "#domain/audit/tile-path.ts";
import { formatNoteKey } from "#domain/audit/note.ts";
import { hashBytes } from "#domain/audit/merkle.ts";
import { addressOf } from "#api/access/address.ts";
import type { EntranceNeeds } from "#api/access/entrance.ts";
import { sendProblem, tooMany } from "#api/problem.ts";
import { requireScope } from "#api/rest/guard.ts";
import { notFound } from "#api/rest/problems.ts";
import { immutable, setHeaders } from "#api/rest/tuf-headers.ts";
import { noteKeyOf } from "#commands/audit/sign-checkpoint.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Ledger } from "#domain/audit/ledger.ts";
import { hashesOfTiles, leavesOfTile, newestCheckpoint, tileHashes } from "#projections/audit/ledger-queries.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { bundleOf } from "./bundle.ts";
import { sendLeaves } from "./leaf-lines.ts";
import { sendLog } from "./log-lines.ts";

export interface LedgerFilesNeeds extends EntranceNeeds {
  /** Has the read model `ledger`. */
  readonly sql: Sql;
  readonly log: EventLog;
  readonly ledger: () => Promise<Ledger | null>;
}

/**
 * The ledger as C2SP tlog-tiles: `/ledger/checkpoint`, `/ledger/key` and the tiles of hashes are public. Entries hold the data of every
 * event, also of those about tokens, so that bundles are for administrators; `/ledger/log` leaves out what the token may not see.
 */
export const ledgerFiles = ({ sql, log, ledger, ...entrance }: LedgerFilesNeeds): Router => {
  const router = Router({ caseSensitive: true });
  router.use("/ledger", async (request, response, next) => {
    // With a token it is counted by that.
    const wait = request.headers.authorization === undefined && (await entrance.rates?.files?.take(addressOf(request)));
    if (wait) sendProblem(response, tooMany(wait));
    else next();
  });
  router.get("/ledger/checkpoint", async (_request, response) => {
    const checkpoint = await newestCheckpoint(sql);
    if (checkpoint) sendText(response, checkpoint.note);
    else sendProblem(response, notFound("No checkpoint was signed yet."));
  });
  router.get("/ledger/key", async (_request, response) => {
    const established = await ledger();
    if (established) sendText(response, `${formatNoteKey(noteKeyOf(established))}\n`);
    else sendProblem(response, notFound("The ledger has no key yet."));
  });
  router.get("/ledger/tile/entries/{*place}", requireScope(entrance, "admin"), async (request, response) => {
    const path = parseTilePath(request.path.slice("/ledger/".length));
    const bundle = path && (await bundleOf({ sql, log }, path));
    if (bundle) sendBytes(response, bundle);
    else sendProblem(response, notFound("There is no such bundle of entries."));
  });
  router.get("/ledger/tile/{*place}", async (request, response) => {
    const path = parseTilePath(request.path.slice("/ledger/".length));
    const hashes = path && path.level !== "entries" && (await tileHashes(sql, { level: path.level, index: path.index }));
    if (hashes && hashes.length >= path.width * hashBytes) sendBytes(response, hashes.subarray(0, path.width * hashBytes), immutable);
    else sendProblem(response, notFound("There is no such tile, or not that much of it yet."));
  });
  router.get("/ledger/hashes/:tile", hashes(sql));
  router.get("/ledger/leaves", requireScope(entrance, "read"), sendLeaves(sql));
  router.get("/ledger/leaves/:tile", requireScope(entrance, "read"), leaves(sql));
  router.get("/ledger/log", requireScope(entrance, "read"), sendLog({ log, ...entrance }));
  return router;
};

const leaves =
  (sql: Sql): RequestHandler =>
  async (request, response) => {
    const tile = request.params["tile"];
    if (typeof tile !== "string" || !/^\d{1,12}$/.test(tile)) return sendProblem(response, notFound());
    const rows = await leavesOfTile(sql, Number(tile));
    setHeaders(response, { "Content-Type": "application/json", "Cache-Control": "no-store" });
    response.end(`${JSON.stringify(rows)}\n`);
  };

/** Tiles of leaves that one answer has, for those who read them all. */
const tilesAtOnce = 64;

/** `GET /ledger/hashes/<tile>`: the hashes of leaves from this tile on, 64 tiles of them at most: what so many requests for tiles would answer. */
const hashes =
  (sql: Sql): RequestHandler =>
  async (request, response) => {
    const tile = request.params["tile"];
    if (typeof tile !== "string" || !/^\d{1,12}$/.test(tile)) return sendProblem(response, notFound());
    sendBytes(response, await hashesOfTiles(sql, Number(tile), tilesAtOnce));
  };

const sendText = (response: Response, text: string): void => {
  setHeaders(response, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
  response.end(text);
};

const sendBytes = (response: Response, bytes: Buffer, caching: Readonly<Record<string, string>> = { "Cache-Control": "no-store" }): void => {
  setHeaders(response, { "Content-Type": "application/octet-stream", ...caching });
  response.setHeader("Content-Length", bytes.length).end(bytes);
};
