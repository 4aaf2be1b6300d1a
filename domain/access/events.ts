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

/**
 * Stream `access.denials`. Somebody was refused, for want of scope or of a valid token. Many of them leave few events (ADR-0014):
 * `times` counts those that have left none of their own before this one.
 */
export const CommandDenied = event("CommandDenied", {
  /** `addTargets` of GraphQL, or `GET /audit/replay`. */
  operation: z.string().min(1).max(200),
  needed: Scope.nullable(),
  /** What the token has; null: it is unknown, expired or revoked. */
  scope: Scope.nullable(),
  /** Where the request came from, as the server sees it. */
  address: z.string().max(100).nullable(),
  times: z.int().min(1),
});

/** Stream `access.secrets`. A secret left Waybill, by an answer to the actor: recorded before the answer goes. */
export const SecretRead = event("SecretRead", {
  secret: z.enum(["token", "webhook"]),
  /** Of the token or the webhook. */
  id: z.uuid(),
});

export const TokenEvent = z.discriminatedUnion("type", [TokenIssued, TokenRevoked]);
export type TokenEvent = z.infer<typeof TokenEvent>;
export const AccessRecord = z.discriminatedUnion("type", [CommandDenied, SecretRead]);
export type AccessRecord = z.infer<typeof AccessRecord>;
export const AccessEvent = z.discriminatedUnion("type", [TokenIssued, TokenRevoked, CommandDenied, SecretRead]);
export type AccessEvent = z.infer<typeof AccessEvent>;

export const tokenCodec = codec("access", TokenEvent);
export const accessRecordCodec = codec("access", AccessRecord);
export const accessCodec = codec("access", AccessEvent);
export const denialStream = "access.denials";
export const secretStream = "access.secrets";
export const tokenStream = (id: string) => `access.token-${id}`;
