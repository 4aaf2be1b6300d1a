import type { Operation } from "#api/cli/operation.ts";
import * as access from "./access.ts";
import * as audit from "./audit.ts";
import * as graph from "./graph.ts";
import * as graphQueries from "./graph-queries.ts";
import * as status from "./status.ts";
import * as tasks from "./tasks.ts";
import * as trust from "./trust.ts";
import * as webhooks from "./webhooks.ts";

const isOperation = (value: object): value is Operation<never, unknown> => "document" in value;

/**
 * Everything that the CLI asks of GraphQL. A test holds it against the committed schema, and a server in allow-list mode can
 * register it.
 */
export const documents = (): readonly string[] =>
  [access, audit, graph, graphQueries, status, tasks, trust, webhooks]
    .flatMap((context) => Object.values<object>(context).filter(isOperation))
    .map(({ document }) => document);
