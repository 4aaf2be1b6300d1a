import type { Scope } from "#domain/access/events.ts";
import { rowsOf, type Stretch } from "#projections/kernel/keyset.ts";
import type { Sql } from "#projections/ports/sql.ts";

/** A token without its secret; timestamps are ISO 8601. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly expires: string | null;
  readonly issuedAt: string;
  readonly issuedBy: string;
  readonly revokedAt: string | null;
}

const columns = `select id, name, scope, expires, issued_at as "issuedAt", issued_by as "issuedBy", revoked_at as "revokedAt"
  from tokens.tokens`;

export const tokenBySecret = async (sql: Sql, secretSha256: string): Promise<TokenRow | null> => {
  const [row] = await sql.query<TokenRow>({
    name: "tokens.by_secret",
    text: `${columns} where secret_sha256 = $1`,
    values: [secretSha256],
  });
  return row ?? null;
};

export const tokenById = async (sql: Sql, id: string): Promise<TokenRow | null> => {
  const [row] = await sql.query<TokenRow>({ name: "tokens.by_id", text: `${columns} where id = $1`, values: [id] });
  return row ?? null;
};

/** In the order of issue, revoked and expired ones included. */
export const tokensPage = (sql: Sql, stretch: Stretch) =>
  rowsOf<TokenRow>(sql, { name: "tokens.all", select: columns, where: [], values: [], key: ["issued_at", "id"] }, stretch);
