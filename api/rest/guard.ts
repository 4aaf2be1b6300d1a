import type { RequestHandler } from "express";
import { bearerSecret } from "#api/access/bearer.ts";
import { mayActAs } from "#api/access/principal.ts";
import type { Authenticate } from "#api/access/principal.ts";
import type { Scope } from "#domain/access/events.ts";
import { sendProblem } from "./problems.ts";

/** Lets pass whoever bears a token with this scope: RFC 6750 §3. */
export const requireScope =
  (authenticate: Authenticate, scope: Scope): RequestHandler =>
  async (request, response, next) => {
    const secret = bearerSecret(request.headers.authorization);
    const principal = secret === null ? null : await authenticate(secret);
    if (!principal) sendProblem(response, secret === null ? tokenMissing : tokenInvalid);
    else if (!mayActAs(principal, scope)) sendProblem(response, scopeMissing(scope));
    else next();
  };

const unauthenticated = (detail: string, challenge: string) => ({
  status: 401,
  code: "UNAUTHENTICATED",
  title: "Not authenticated",
  detail,
  headers: { "WWW-Authenticate": challenge },
});

const tokenMissing = unauthenticated("Send a token: Authorization: Bearer wb_…", 'Bearer realm="waybill"');
const tokenInvalid = unauthenticated("This token is unknown, revoked or expired.", 'Bearer realm="waybill", error="invalid_token"');

const scopeMissing = (scope: Scope) => ({
  status: 403,
  code: "FORBIDDEN",
  title: "Forbidden",
  detail: `This needs a token with the scope ${scope}.`,
  headers: { "WWW-Authenticate": `Bearer realm="waybill", error="insufficient_scope", scope="${scope}"` },
});
