import { tokens } from "#projections/access/tokens.ts";
import { explorer } from "#projections/audit/explorer.ts";
import { webhooks } from "#projections/deliveries/webhooks.ts";
import { graph } from "#projections/graph/graph.ts";
import { ledger } from "#projections/audit/ledger.ts";
import { tasks } from "#projections/tasks/tasks.ts";
import { tuf } from "#projections/trust/tuf.ts";

/** Every read model. */
export const projections = [tuf, tasks, tokens, explorer, graph, ledger, webhooks];
