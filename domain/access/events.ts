import { z } from "zod";
import { codec } from "#domain/kernel/codec.ts";
import { event } from "#domain/kernel/event.ts";

/** `read` queries; `write` commands too; `admin` tokens, rebuilds and repositories too. Each includes the ones before. */
export const Scope = z.enum(["read", "write", "admin"]);
export type Scope = z.infer<typeof Scope>;

/** Stream `access.token-<id>`, as both. Somebody may act from now on. The secret is shown once and never kept: its SHA-256 is. */
export const TokenIssued = event("TokenIssued", {
  token: z.uuid(),
  name: z.string().min(1).max(100),
  scope: Scope,
  /** Lower-case hex SHA-256 of the secret. */
  secretSha256: z.string().regex(/^[0-9a-f]{64}$/),
  expires: z.iso.datetime().nullable(),
});

/** Nobody may act with it any more. */
export const TokenRevoked = event("TokenRevoked", { token: z.uuid() });

export const AccessEvent = z.discriminatedUnion("type", [TokenIssued, TokenRevoked]);
export type AccessEvent = z.infer<typeof AccessEvent>;

export const accessCodec = codec("access", AccessEvent);
export const tokenStream = (id: string) => `access.token-${id}`;
