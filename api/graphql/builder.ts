import SchemaBuilder from "@pothos/core";
import RelayPlugin from "@pothos/plugin-relay";
import ValidationPlugin from "@pothos/plugin-validation";
import { decodeGlobalID } from "@pothos/plugin-relay";
import { keyOf } from "#domain/graph/keys.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import type { Json } from "#domain/kernel/json.ts";
import type { Shown } from "#api/application.ts";
import type { Context } from "./context.ts";
import { invalid } from "./input/invalid.ts";

/** What some connections know beside their page. */
export interface Counted {
  readonly totalCount: () => number | Promise<number>;
  /** Of what was reached by walking: how many are 1, 2, 3 … links away, and whether there are more. */
  readonly reached: Promise<{ readonly levels: readonly number[]; readonly truncated: boolean }>;
}

/** What the modules of this folder add their types and fields to; `schema.ts` gathers them. ADR-0006. */
export const builder = new SchemaBuilder<{
  Context: Context;
  Connection: Shown & Partial<Counted>;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    Position: { Input: number; Output: number };
    DateTime: { Input: string; Output: string };
    JSON: { Input: Json; Output: Json };
  };
}>({
  plugins: [RelayPlugin, ValidationPlugin],
  defaultFieldNullability: false,
  relay: {
    clientMutationId: "omit",
    // A natural key of the graph stands for the id of its node.
    decodeGlobalID: (id) => {
      const natural = keyOf(id);
      return natural ? { typename: "GraphNode", id: natural.key } : decodeGlobalID(id);
    },
    cursorType: "String",
    edgesFieldOptions: { nullable: { list: false, items: false } },
    nodeFieldOptions: { nullable: false },
    nodeQueryOptions: {
      description: "Anything that has a global id.",
      resolve: (_root, { id }, _context, _info, resolveNode) => {
        if (nodeTypes.has(id.typename)) return resolveNode(id);
        throw new InvalidInput([{ path: ["id"], message: "is no id of this server" }]);
      },
    },
    nodesQueryOptions: false,
  },
  validation: { validationError: ({ issues }) => invalid(issues) },
});

/** `__typename` of everything with a global id. */
const nodeTypes: ReadonlySet<string> = new Set(["Event", "GraphNode", "Metadata", "Repository", "Target", "Task", "Token", "Webhook"]);

builder.queryType({});
builder.mutationType({});
builder.subscriptionType({});
