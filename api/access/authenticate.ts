import { hash } from "node:crypto";
import { type TokenRow, tokenBySecret } from "#projections/access/queries.ts";
import type { Progress } from "#api/application.ts";
import type { Authenticate } from "./principal.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { recent } from "#api/recent.ts";

interface Found {
  readonly token: TokenRow | null;
  readonly at: number;
  readonly position: number;
}

/** How long an answer is believed while the read model of tokens stands still, and while it moves. */
const believedMs = 5000;
const doubtedMs = 500;

/**
 * The account of a secret. Secrets are looked up by their SHA-256, so that time tells nothing about them. A revoked token stops
 * half a second after the read model shows it; a new one works at once, since an unknown secret is believed to be so only while
 * the read model stands still.
 */
export const authenticator = (sql: Sql, progress: Progress, now: () => number = Date.now): Authenticate => {
  const found = recent<Found>(10_000);

  const lookUp = async (secretSha256: string): Promise<Found> => {
    const position = progress.position("tokens");
    const answer = { token: await tokenBySecret(sql, secretSha256), at: now(), position };
    found.set(secretSha256, answer);
    return answer;
  };

  const believed = ({ token, at, position }: Found): boolean => {
    if (progress.position("tokens") === position) return now() - at < believedMs;
    return token !== null && now() - at < doubtedMs;
  };

  return async (secret) => {
    const secretSha256 = hash("sha256", secret);
    const known = found.get(secretSha256);
    const { token } = known && believed(known) ? known : await lookUp(secretSha256);
    if (!token || token.revokedAt !== null) return null;
    if (token.expires !== null && Date.parse(token.expires) <= now()) return null;
    return { tokenId: token.id, name: token.name, scope: token.scope };
  };
};
