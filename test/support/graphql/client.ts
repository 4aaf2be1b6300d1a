import { once } from "node:events";
import { createServer } from "node:http";
import express from "express";
import { z } from "zod";
import type { Application } from "#api/application.ts";
import { graphqlRouter } from "#api/graphql/router.ts";

const Failed = z.object({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
  locations: z.array(z.unknown()).optional(),
  extensions: z.looseObject({ code: z.string() }),
});

const Body = z.object({ data: z.unknown().optional(), errors: z.array(Failed).default([]), code: z.string().optional() });

export interface Result {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
  readonly errors: readonly z.infer<typeof Failed>[];
  /** Of the first error, or of the problem. */
  readonly code: string | undefined;
  readonly text: string;
  /** A value inside of the data: `at("addTargets.receipt.position")`. */
  readonly at: (path: string) => unknown;
}

export interface Client extends AsyncDisposable {
  readonly url: string;
  readonly post: (body: string | object, headers?: Record<string, string>) => Promise<Result>;
  readonly ask: (query: string, variables?: object, headers?: Record<string, string>) => Promise<Result>;
}

/** A server's API, as a client with this token sees it. */
export const clientOf = (url: string, secret: string): Pick<Client, "url" | "post" | "ask"> => {
  const post: Client["post"] = async (body, headers = {}) =>
    resultOf(
      await fetch(url, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", ...headers },
      }),
    );
  return { url, post, ask: (query, variables = {}, headers = {}) => post({ query, variables }, headers) };
};

/** The API alone, served over HTTP. */
export const serve = async (application: Application, secret: string): Promise<Client> => {
  const app = express();
  app.use("/graphql", graphqlRouter(application));
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address && typeof address === "object" ? address.port : 0;
  return {
    ...clientOf(`http://127.0.0.1:${port}/graphql`, secret),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export const resultOf = async (response: Response): Promise<Result> => {
  const text = await response.text();
  const { data, errors, code } = Body.parse(/json/.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : {});
  return {
    status: response.status,
    headers: response.headers,
    text,
    data,
    errors,
    code: errors[0]?.extensions.code ?? code,
    at: (path) => path.split(".").reduce(inside, data),
  };
};

const inside = (value: unknown, step: string): unknown =>
  typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, step)?.value : undefined;
