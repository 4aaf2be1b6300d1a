import { OfferedKey } from "#domain/graph/keys.ts";
import { builder } from "#api/graphql/builder.ts";
import { type BlastRadius, blastRadius, type Struck } from "#projections/graph/blast-radius.ts";
import { Graph } from "./graph.ts";
import { ChangeType, GraphNode, nodeAt, type Seen } from "./node.ts";
import { Limit, walkLimit } from "./reached.ts";

const DeploymentType = builder.objectRef<Seen<Struck>>("Deployment").implement({
  description: "A service that runs what is affected.",
  fields: (t) => ({
    service: t.string({ resolve: ({ row }) => row.deployment.service }),
    deployment: t.field({ type: GraphNode, resolve: ({ row, view }) => nodeAt(view, row.deployment.node) }),
    artifact: t.field({ type: GraphNode, resolve: ({ row, view }) => nodeAt(view, row.deployment.artifact) }),
    depth: t.int({ description: "Links from the artifact to what was asked about; 0: it is that itself.", resolve: ({ row }) => row.depth }),
    source: t.string({ description: "Who says that it runs.", resolve: ({ row }) => row.deployment.source }),
    since: t.field({ type: ChangeType, resolve: ({ row, view }) => view.changeOf(row.deployment.since) }),
  }),
});

const AffectedEnvironment = builder.objectRef<Seen<readonly Struck[]>>("AffectedEnvironment").implement({
  description: "An environment with services that run what is affected.",
  fields: (t) => ({
    environment: t.string({ resolve: ({ row: [first] }) => first?.deployment.environment ?? "" }),
    count: t.int({ resolve: ({ row }) => row.length }),
    deployments: t.field({
      type: [DeploymentType],
      description: "By service; the first 1,000.",
      extensions: { cost: 50 },
      resolve: ({ row, view }) => row.slice(0, 1000).map((struck) => ({ row: struck, view })),
    }),
  }),
});

const BlastRadiusType = builder.objectRef<Seen<BlastRadius>>("BlastRadius").implement({
  description: "What runs and contains a node, was built from it or depends on it.",
  fields: (t) => ({
    affected: t.int({ description: "Nodes that contain it, were built from it or depend on it, deployed or not.", resolve: ({ row }) => row.affected }),
    truncated: t.boolean({ description: "There are more than `limit` of these: more may be deployed than is told.", resolve: ({ row }) => row.truncated }),
    environments: t.field({
      type: [AffectedEnvironment],
      description: "By name; those with nothing affected are left out.",
      extensions: { cost: 10 },
      resolve: ({ row, view }) => [...Map.groupBy(row.struck, ({ deployment }) => deployment.environment).values()].map((some) => ({ row: some, view })),
    }),
  }),
});

builder.objectField(Graph, "blastRadius", (t) =>
  t.field({
    type: BlastRadiusType,
    nullable: true,
    description:
      "What is deployed and contains a node, was built from it or depends on it, by environment; of a vulnerability: whatever it affects, of a package: any of its versions. Null where there never was such a node.",
    extensions: { cost: 50 },
    args: {
      key: t.arg.string({ required: true }).validate(OfferedKey),
      limit: t.arg.int({ description: "Nodes to reach at most; 100,000 where absent." }).validate(Limit),
    },
    resolve: async (view, { key, limit }, { application: { sql, walks, names } }) => {
      const row = await blastRadius({ sql, walks, names }, key, { at: view.at, atLeast: view.atLeast, limit: limit ?? walkLimit.usual });
      return row && { row, view };
    },
  }),
);
