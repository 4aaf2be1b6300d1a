import type { IncomingMessage } from "node:http";
import type { entrance } from "#api/access/entrance.ts";
import type { Principal } from "#api/access/principal.ts";
import type { Limits } from "#api/application.ts";
import type { Issue } from "#domain/kernel/errors.ts";
import type { Problem } from "#api/problem.ts";
import { parseJson } from "#api/json.ts";
import { readBody } from "./body.ts";
import { type Params, paramsOf, urlParams } from "./params.ts";

export interface Entered {
  readonly principal: Principal;
  readonly secret: string;
  readonly params: Params;
}

export const malformed = (title: string, issues: readonly Issue[] = []): Problem => ({ status: 400, code: "INVALID_INPUT", title, issues });

/** The account behind a request and what it asks for; or the problem that ends it before GraphQL begins. */
export const letIn = async (enter: ReturnType<typeof entrance>, limits: Limits, request: IncomingMessage): Promise<Entered | { readonly problem: Problem }> => {
  // RFC 9112 §3.2: a malformed Host is answered with 400. graphql-yoga makes a URL of it.
  if (!URL.canParse(`http://${request.headers.host ?? "localhost"}/`)) return { problem: malformed("The header Host is malformed") };
  const entered = await enter(request);
  if ("problem" in entered) return entered;
  const asked = request.method === "GET" ? searched(request) : await posted(request, limits.bodyBytes);
  if ("problem" in asked) return asked;
  return "issues" in asked ? { problem: malformed("The request is malformed", asked.issues) } : { ...entered, params: asked };
};

type Asked = ReturnType<typeof paramsOf> | { readonly problem: Problem };

const searched = ({ url = "" }: IncomingMessage): Asked => urlParams(new URLSearchParams(url.slice(url.indexOf("?") + 1)));

const posted = async (request: IncomingMessage, limit: number): Promise<Asked> => {
  if (request.method !== "POST")
    return { problem: { status: 405, code: "METHOD_NOT_ALLOWED", title: "Use GET or POST", headers: { allow: "GET, POST" } } };
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = request.headers;
  if (!/^application\/(graphql\+)?json\s*(;|$)/i.test(type) || encoding !== "identity")
    return { problem: { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", title: "Send application/json, not compressed" } };
  const body = await readBody(request, limit);
  if ("refused" in body) return { problem: body.refused === "too large" ? tooLarge(limit) : malformed("The body broke off") };
  try {
    return paramsOf(parseJson(body.text));
  } catch (error) {
    return { problem: malformed("The body is no JSON", [{ path: [], message: error instanceof Error ? error.message : "is no JSON" }]) };
  }
};

const tooLarge = (limit: number): Problem => ({
  status: 413,
  code: "PAYLOAD_TOO_LARGE",
  title: `A body may have ${limit} bytes at most`,
  headers: { connection: "close" },
});
