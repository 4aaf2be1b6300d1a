import type { RequestHandler } from "express";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { written } from "#api/rest/written.ts";
import { ledgerExtent, linesOfLeaves } from "#projections/audit/ledger-queries.ts";
import type { Sql } from "#projections/ports/sql.ts";

/**
 * `GET /ledger/leaves?from=<index>`: which event each leaf is, as NDJSON: `[index, position, "id"]`. The last line is
 * `{"end":{"size":…,"leaves":…,"tiles":[[level, tiles], …]}}`, what the tables hold by then: without it something was cut off.
 */
export const sendLeaves =
  (sql: Sql): RequestHandler =>
  async (request, response) => {
    const from = request.query["from"] ?? "0";
    if (typeof from !== "string" || !/^\d{1,15}$/.test(from)) throw new InvalidInput([{ path: ["from"], message: "must be the index of a leaf" }]);
    response.setHeader("Content-Type", "application/x-ndjson").setHeader("Cache-Control", "no-store");
    for (let next = Number(from); !response.destroyed; ) {
      const some = await linesOfLeaves(sql, next);
      if (!some) break;
      await written(response, some.lines);
      next = some.last + 1;
    }
    response.end(`${JSON.stringify({ end: await ledgerExtent(sql) })}\n`);
  };
