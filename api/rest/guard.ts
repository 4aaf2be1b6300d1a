import type { RequestHandler } from "express";
import { bearerSecret } from "#api/access/bearer.ts";
import { mayActAs } from "#api/access/principal.ts";
import type { Authenticate } from "#api/access/principal.ts";
import { sendProblem, unauthenticated } from "#api/problem.ts";
import type { Problem } from "#api/problem.ts";
import type { Scope } from "#domain/access/events.ts";

/** Lets pass whoever bears a token with this scope: RFC 6750 §3. */
export const requireScope =
  (authenticate: Authenticate, scope: Scope): RequestHandler =>
  async (request, response, next) => {
    const secret = bearerSecret(request.headers.authorization);
    const principal = secret === null ? null : await authenticate(secret);
    if (!principal) sendProblem(response, secret === null ? unauthenticated : tokenInvalid);
    else if (!mayActAs(principal, scope)) sendProblem(response, scopeMissing(scope));
    else next();
  };

const tokenInvalid: Problem = { ...unauthenticated, headers: { "www-authenticate": 'Bearer realm="waybill", error="invalid_token"' } };

const scopeMissing = (scope: Scope): Problem => ({
  status: 403,
  code: "FORBIDDEN",
  title: "Forbidden",
  detail: `This needs a token with the scope ${scope}.`,
  headers: { "www-authenticate": `Bearer realm="waybill", error="insufficient_scope", scope="${scope}"` },
});
