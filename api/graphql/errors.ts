import { PothosError } from "@pothos/core";
import { type ExecutionResult, GraphQLError } from "graphql";
import { newId } from "#commands/kernel/command-id.ts";
import { ConcurrencyConflict, InvalidInput, type Issue, Unavailable } from "#domain/kernel/errors.ts";
import type { Defect } from "#api/application.ts";
import { Unauthenticated } from "#api/access/unauthenticated.ts";
import { Refused } from "./refused.ts";
import { Forbidden } from "./scope.ts";

/** What a client sees of an error: STYLE's five kinds, docs/errors.md. */
interface Told {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

type Report = (defect: Defect) => void;

const told = (error: unknown, where: string, report: Report): Told => {
  if (error instanceof Refused)
    return { message: error.message, extensions: { code: error.refusal.refused, details: error.refusal.details } };
  if (error instanceof InvalidInput) return { message: brief(error), extensions: { code: error.code, issues: error.issues } };
  if (error instanceof Unavailable)
    return { message: error.message, extensions: { code: error.code, retryable: true, retryAfter: error.retryAfterSeconds } };
  if (error instanceof ConcurrencyConflict)
    return {
      message: error.message,
      extensions: { code: error.code, retryable: true, stream: error.stream, expected: error.expected, actual: error.actual },
    };
  if (error instanceof Forbidden) return { message: error.message, extensions: { code: error.code, needed: error.needed } };
  if (error instanceof Unauthenticated) return { message: error.message, extensions: { code: error.code } };
  // Pothos throws these for global ids that it cannot read.
  if (error instanceof PothosError) return { message: error.message, extensions: { code: "INVALID_INPUT", issues: [{ path: ["id"], message: error.message }] } };
  return masked(error, where, report);
};

const readable = 5;

/** The issues are all in the extensions; a message is for reading. */
const brief = ({ issues, code, message }: InvalidInput): string =>
  issues.length > readable ? `${new InvalidInput(issues.slice(0, readable), code).message}; and ${issues.length - readable} more` : message;

const masked = (error: unknown, where: string, report: Report): Told => {
  const id = newId();
  report({ id, where, error });
  return { message: `Something is broken on our side. Those who run this server find it under ${id}.`, extensions: { code: "DEFECT", id } };
};

/**
 * An error of an execution as it goes out. What has a path came up in a resolver, or between it and its type; the rest
 * (unknown operations, variables that do not fit their types) is the client's.
 */
const published = (error: GraphQLError, report: Report): GraphQLError => {
  const { nodes, source, positions, path } = error;
  const { message, extensions } = path
    ? told(error.originalError ?? error, path.join("."), report)
    : { message: error.message, extensions: { code: "INVALID_INPUT", issues: variableIssues(error.message) } };
  return new GraphQLError(message, { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null, extensions });
};

// graphql-js keeps the path of a wrong variable in its message only.
const variableIssues = (message: string): Issue[] => {
  const [, name = "", inner] = /^Variable "\$(\w+)"(?: got invalid value .*? at "\w+([^"]*)")?/s.exec(message) ?? [];
  if (name === "") return [];
  const steps = (inner ?? "").match(/[^.[\]]+/g) ?? [];
  return [{ path: [name, ...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step))], message }];
};

/** The result with every error as clients see it. */
export const withPublicErrors = (result: ExecutionResult, report: Report): ExecutionResult =>
  result.errors ? { ...result, errors: result.errors.map((error) => published(error, report)) } : result;

/** The result of something that broke outside of a resolver: the source of a subscription. */
export const failed = (error: unknown, where: string, report: Report): ExecutionResult => {
  const { message, extensions } = told(error, where, report);
  return { errors: [new GraphQLError(message, { extensions })] };
};
