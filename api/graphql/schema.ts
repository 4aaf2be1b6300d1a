import { lexicographicSortSchema, printSchema } from "graphql";
import { builder } from "./builder.ts";
import { withScopes } from "./scope.ts";
import "./scalars.ts";
import "./trust/repository.ts";
import "./trust/target.ts";
import "./trust/metadata.ts";
import "./trust/mutations.ts";
import "./tasks/task.ts";
import "./tasks/subscription.ts";
import "./audit/event.ts";
import "./audit/causation.ts";
import "./audit/ledger.ts";
import "./audit/subscription.ts";
import "./access/token.ts";
import "./access/mutations.ts";
import "./deliveries/webhook.ts";
import "./deliveries/deliveries.ts";
import "./deliveries/preview.ts";
import "./deliveries/mutations.ts";
import "./graph/mutations.ts";
import "./graph/facts.ts";
import "./graph/document.ts";
import "./graph/graph.ts";
import "./graph/neighbours.ts";
import "./graph/reached.ts";
import "./graph/path.ts";
import "./graph/blast-radius.ts";
import "./graph/explain.ts";
import "./graph/diff.ts";
import "./status/status.ts";
import "./status/rebuild.ts";

/** The whole API. What it serves comes in with the context of each operation. */
export const schema = withScopes(builder.toSchema());

/** The text of `schema.graphql`. */
export const printedSchema = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
