import express, { type Express } from "express";
import { buildSchema } from "graphql";
import { createYoga } from "graphql-yoga";
import { targetByPath } from "#projections/trust/queries.ts";
import type { Sql } from "#projections/ports/sql.ts";

interface Key {
  readonly repository: string;
  readonly path: string;
}

/** Express and the statement, nothing else. */
export const bareExpress = (sql: Sql): Express => {
  const application = express().disable("etag").disable("x-powered-by");
  application.get("/targets/:repository/:path", async ({ params: { repository, path } }, response) => {
    const row = await targetByPath(sql, repository, path);
    response.json(row && { path: row.path, length: row.length, sha256: row.sha256 });
  });
  return application;
};

const sdl = `type Query { target(repository: String!, path: String!): Target } type Target { path: String! length: Float! sha256: String! }`;

/** graphql-yoga on express as its manual shows it, with the same statement. */
export const bareYoga = (sql: Sql): Express => {
  const schema = buildSchema(sdl);
  const field = schema.getQueryType()?.getFields()["target"];
  if (field) field.resolve = (_root: unknown, { repository, path }: Key) => targetByPath(sql, repository, path);
  const application = express().disable("etag").disable("x-powered-by");
  const yoga = createYoga({ schema, logging: false });
  application.use(yoga.graphqlEndpoint, (request, response) => void yoga(request, response));
  return application;
};
