import { z } from "zod";
import { Deployable, Environment, OfferedLink, OfferedLinkKey, OfferedNode, Service, Source } from "#domain/graph/offered.ts";
import { OfferedKey } from "#domain/graph/keys.ts";
import { builder } from "#api/graphql/builder.ts";
import { causeOf } from "#api/graphql/context.ts";
import { listOf } from "#api/graphql/input/list-of.ts";
import { asked } from "#api/graphql/input/text.ts";
import { done, payload } from "#api/graphql/receipt.ts";
import { LinkType, NodeKind } from "./enums.ts";

const most = 1000;
const upTo = "1 to 1,000.";
const sourceText = "Who says so: `ci`, `syft`, `debian:bookworm`. A source's own facts are told apart from those of others.";
const attributesText = "Strings, numbers, booleans, lists of strings; at most 64, in 4,096 bytes. They replace what this source said before.";

const nodeInput = builder.inputType("NodeInput", {
  description: "A node of the artifact graph.",
  fields: (t) => ({
    key: t.string({ required: true, description: "A package URL, `sha256:…`, `git+https://…@<commit>`, or `<kind>/<name>` for anything else." }),
    kind: t.field({ type: NodeKind, description: "What an artifact (`sha256:…`) is, once and for all: an image, an SBOM, an attestation. Other keys say it themselves." }),
    attributes: t.field({ type: "JSON", description: attributesText }),
  }),
});

const linkFields = (t: PothosSchemaTypes.InputFieldBuilder<typeof builder extends PothosSchemaTypes.SchemaBuilder<infer Of> ? Of : never, "InputObject">) => ({
  type: t.field({ type: LinkType, required: true }),
  from: t.string({ required: true }),
  to: t.string({ required: true }),
});

const linkInput = builder.inputType("LinkInput", {
  description: "A link between two nodes; an end that nobody knew becomes a node.",
  fields: (t) => ({ ...linkFields(t), attributes: t.field({ type: "JSON", description: attributesText }) }),
});

export const LinkKeyInput = builder.inputType("LinkKeyInput", { description: "What tells a link from others.", fields: linkFields });

const deploymentInput = builder.inputType("DeploymentInput", {
  fields: (t) => ({
    service: t.string({ required: true }),
    artifact: t.string({ description: "What the service runs from now on: `sha256:…`, an image, a version, a source. Null: nothing." }),
  }),
});

const fieldOf = (name: string) => (item: unknown): unknown =>
  typeof item === "object" && item !== null ? Object.entries(item).find(([field]) => field === name)?.[1] : null;

const linkName = (link: unknown): string => ["type", "from", "to"].map((field) => String(fieldOf(field)(link))).join(" ");

const RecordNodesInput = builder
  .inputType("RecordNodesInput", {
    fields: (t) => ({
      source: t.string({ required: true, description: sourceText }),
      nodes: t.field({ type: [nodeInput], required: true, description: upTo }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(z.object({ ...asked, source: Source, nodes: listOf(OfferedNode, { max: most, unique: { field: "key", of: fieldOf("key") } }) }));

const RecordLinksInput = builder
  .inputType("RecordLinksInput", {
    fields: (t) => ({
      source: t.string({ required: true, description: sourceText }),
      links: t.field({ type: [linkInput], required: true, description: upTo }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(z.object({ ...asked, source: Source, links: listOf(OfferedLink, { max: most, unique: { field: null, of: linkName } }) }));

const some = <Item extends z.ZodType>(item: Item) => z.union([z.array(z.never()).length(0), listOf(item, { max: most })]).nullish();

const WithdrawInput = builder
  .inputType("WithdrawInput", {
    fields: (t) => ({
      source: t.string({ required: true, description: "Whose facts these were." }),
      keys: t.stringList({ description: "Nodes, at most 1,000. Their links are not withdrawn with them." }),
      links: t.field({ type: [LinkKeyInput], description: "At most 1,000." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(z.object({ ...asked, source: Source, keys: some(OfferedKey), links: some(OfferedLinkKey) }));

const RecordDeploymentInput = builder
  .inputType("RecordDeploymentInput", {
    fields: (t) => ({
      environment: t.string({ required: true, description: "`prod`, `staging-eu`." }),
      source: t.string({ required: true, description: sourceText }),
      deployments: t.field({ type: [deploymentInput], required: true, description: upTo }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(
    z.object({
      ...asked,
      environment: Environment,
      source: Source,
      deployments: listOf(
        z.object({ service: Service, artifact: Deployable.nullish() }).transform(({ service, artifact }) => ({ service, artifact: artifact ?? null })),
        { max: most, unique: { field: "service", of: fieldOf("service") } },
      ),
    }),
  );

const RecordNodesPayload = payload("RecordNodesPayload", "What a source says of nodes was recorded; what it had said already, not again.");
const RecordLinksPayload = payload("RecordLinksPayload", "What a source says of links was recorded; what it had said already, not again.");
const WithdrawPayload = payload("WithdrawPayload", "A source took back what it had said; what it never said was passed over.");
const RecordDeploymentPayload = payload("RecordDeploymentPayload", "What services run was recorded; what they ran already, not again.");

builder.mutationFields((t) => ({
  recordNodes: t.field({
    type: RecordNodesPayload,
    args: { input: t.arg({ type: RecordNodesInput, required: true }) },
    resolve: async (_root, { input: { source, nodes, ...rest } }, context) =>
      done(await context.application.commands.recordNodes({ source, nodes }, causeOf(context, "recordNodes", rest))),
  }),
  recordLinks: t.field({
    type: RecordLinksPayload,
    args: { input: t.arg({ type: RecordLinksInput, required: true }) },
    resolve: async (_root, { input: { source, links, ...rest } }, context) =>
      done(await context.application.commands.recordLinks({ source, links }, causeOf(context, "recordLinks", rest))),
  }),
  withdraw: t.field({
    type: WithdrawPayload,
    args: { input: t.arg({ type: WithdrawInput, required: true }) },
    resolve: async (_root, { input: { source, keys, links, ...rest } }, context) =>
      done(await context.application.commands.withdraw({ source, keys: keys ?? [], links: links ?? [] }, causeOf(context, "withdraw", rest))),
  }),
  recordDeployment: t.field({
    type: RecordDeploymentPayload,
    args: { input: t.arg({ type: RecordDeploymentInput, required: true }) },
    resolve: async (_root, { input: { environment, source, deployments, ...rest } }, context) =>
      done(await context.application.commands.recordDeployment({ environment, source, deployments }, causeOf(context, "recordDeployment", rest))),
  }),
}));
