import { GraphQLError, Kind, valueFromASTUntyped } from "graphql";
import type { Json } from "#domain/kernel/json.ts";
import { builder } from "./builder.ts";

const position = (value: unknown): number => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new GraphQLError("a Position is a whole number from 0 to 2^53-1");
};

builder.scalarType("Position", {
  description: "A place in the log's one total order: a whole number up to 2^53-1; 0 is before everything.",
  serialize: position,
  parseValue: position,
  parseLiteral: (node) => position(node.kind === Kind.INT ? Number(node.value) : null),
});

const dateTime = (value: unknown): string => {
  if (typeof value === "string" && isoInstant.test(value) && !Number.isNaN(Date.parse(value))) return new Date(value).toISOString();
  throw new GraphQLError("a DateTime is ISO 8601 with a time zone: 2026-11-21T10:00:00Z");
};

const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

builder.scalarType("DateTime", {
  description: "A moment: ISO 8601 in UTC.",
  serialize: (value) => value,
  parseValue: dateTime,
  parseLiteral: (node) => dateTime(node.kind === Kind.STRING ? node.value : null),
});

builder.scalarType("JSON", {
  description: "Any JSON value.",
  serialize: (value) => value,
  parseValue: (value) => value as Json,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables) as Json,
});
