import type { RequestHandler } from "express";
import { addressOf } from "#api/access/address.ts";
import { entrance, type EntranceNeeds, operationOf } from "#api/access/entrance.ts";
import { mayActAs } from "#api/access/principal.ts";
import { sendProblem } from "#api/problem.ts";
import type { Problem } from "#api/problem.ts";
import type { Scope } from "#domain/access/events.ts";

/** Lets pass whoever bears a token with this scope: RFC 6750 §3. */
export const requireScope = (needs: EntranceNeeds, scope: Scope): RequestHandler => {
  const enter = entrance(needs);
  return async (request, response, next) => {
    const entered = await enter(request);
    if ("problem" in entered) sendProblem(response, entered.problem);
    else if (mayActAs(entered.principal, scope)) next();
    else {
      const { tokenId: id, scope: has } = entered.principal;
      needs.denied?.({ operation: operationOf(request), needed: scope, token: { id, scope: has }, address: addressOf(request) });
      sendProblem(response, scopeMissing(scope));
    }
  };
};

const scopeMissing = (scope: Scope): Problem => ({
  status: 403,
  code: "FORBIDDEN",
  title: "Forbidden",
  detail: `This needs a token with the scope ${scope}.`,
  headers: { "www-authenticate": `Bearer realm="waybill", error="insufficient_scope", scope="${scope}"` },
});
