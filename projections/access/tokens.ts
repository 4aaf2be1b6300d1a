import { tokenCodec, type TokenEvent, type TokenIssued } from "#domain/access/events.ts";
import type { Recorded } from "#domain/kernel/event.ts";
import { eventsOf, type Projection, sqlBeside } from "#projections/kernel/projection.ts";
import type { WritableSql } from "#projections/ports/sql.ts";

/** Who may come in: bearer tokens by the hash of their secret, revoked and expired ones included. */
export const tokens: Projection<Recorded<TokenEvent>> = {
  name: "tokens",
  generation: 1,
  tables: sqlBeside(import.meta.url, "tokens.sql"),
  ...eventsOf(tokenCodec),
  apply: async (batch, sql) => {
    const issued: object[] = [];
    const revoked: object[] = [];
    for (const { event, ...recorded } of batch)
      switch (event.type) {
        case "TokenIssued":
          issued.push(issue(event, recorded));
          break;
        case "TokenRevoked":
          revoked.push({ id: event.token, revoked_at: recorded.at, position: recorded.position });
          break;
      }
    // A token is issued before it is revoked, and both only once: the order within the batch is kept by this one.
    if (issued.length > 0) await insert(sql, issued);
    if (revoked.length > 0) await revoke(sql, revoked);
  },
};

const issue = (
  { token, name, scope, secretSha256, expires }: Omit<ReturnType<typeof TokenIssued.parse>, "type">,
  { at, actor, position }: Pick<Recorded<TokenEvent>, "at" | "actor" | "position">,
): object => ({ id: token, name: storable(name), scope, secret_sha256: secretSha256, expires, issued_at: at, issued_by: actor, position });

const insert = (sql: WritableSql, rows: readonly object[]) =>
  sql.query({
    name: "tokens.issue",
    text: "insert into tokens select * from json_populate_recordset(null::tokens, $1)",
    values: [JSON.stringify(rows)],
  });

const revoke = (sql: WritableSql, rows: readonly object[]) =>
  sql.query({
    name: "tokens.revoke",
    text: `update tokens set revoked_at = coalesce(tokens.revoked_at, revoked.revoked_at), position = revoked.position
             from json_populate_recordset(null::tokens, $1) as revoked where tokens.id = revoked.id`,
    values: [JSON.stringify(rows)],
  });

// PostgreSQL's text holds no NUL, and a name comes from outside.
const storable = (text: string): string => text.replaceAll("\0", "\ufffd");
