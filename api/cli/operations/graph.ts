import { z } from "zod";
import { operation } from "#api/cli/operation.ts";
import { Done, done, type Input, Receipt, receipt } from "./shared.ts";

export const recordVersions = operation<Input<{ ecosystem: string; source: string; versions: readonly object[] }>>()(
  `mutation RecordVersions($input: RecordVersionsInput!) { recordVersions(input: $input) ${done} }`,
  z.object({ recordVersions: Done }),
);

const Change = z.object({ position: z.number(), eventId: z.string(), type: z.string(), stream: z.string(), actor: z.string(), reason: z.string().nullable(), at: z.string() });
const change = "position eventId type stream actor reason at";

export const graphDiff = operation<{ from: number; to: number; first: number }>()(
  `query GraphDiff($from: Position!, $to: Position!, $first: Int) { graph(asOf: { position: $to }) { diff(from: { position: $from }, first: $first) {
    edges { node { what change key to type name source before after by { ${change} } } } pageInfo { hasNextPage } } } }`,
  z.object({
    graph: z.object({
      diff: z
        .object({
          edges: z.array(
            z.object({
              node: z.object({
                what: z.string(),
                change: z.string(),
                key: z.string(),
                to: z.string().nullable(),
                type: z.string().nullable(),
                name: z.string().nullable(),
                source: z.string().nullable(),
                before: z.unknown(),
                after: z.unknown(),
                by: Change,
              }),
            }),
          ),
          pageInfo: z.object({ hasNextPage: z.boolean() }),
        })
        .nullable(),
    }),
  }),
);

const Fact = z.object({
  what: z.string(),
  source: z.string(),
  name: z.string().nullable(),
  value: z.unknown(),
  type: z.string().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  attributes: z.unknown(),
  begun: Change,
  ended: Change.nullable(),
});
export type Fact = z.infer<typeof Fact>;

export const explainGraph = operation<{
  node?: string | undefined;
  link?: { readonly type: string; readonly from: string; readonly to: string } | undefined;
  limit: number;
}>()(
  `query ExplainGraph($node: String, $link: LinkKeyInput, $limit: Int) { graph { explain(node: $node, link: $link, limit: $limit) {
    facts { what source name value type from to attributes begun { ${change} } ended { ${change} } } truncated } } }`,
  z.object({ graph: z.object({ explain: z.object({ facts: z.array(Fact), truncated: z.boolean() }) }) }),
);

export const recordNodes = operation<Input<{ source: string; nodes: readonly object[] }>>()(
  `mutation RecordNodes($input: RecordNodesInput!) { recordNodes(input: $input) ${done} }`,
  z.object({ recordNodes: Done }),
);

export const recordLinks = operation<Input<{ source: string; links: readonly object[] }>>()(
  `mutation RecordLinks($input: RecordLinksInput!) { recordLinks(input: $input) ${done} }`,
  z.object({ recordLinks: Done }),
);

export const withdraw = operation<Input<{ source: string; keys: readonly string[]; links: readonly object[] }>>()(
  `mutation Withdraw($input: WithdrawInput!) { withdraw(input: $input) ${done} }`,
  z.object({ withdraw: Done }),
);

export const recordDeployment = operation<
  Input<{ environment: string; source: string; deployments: readonly { readonly service: string; readonly artifact: string | null }[] }>
>()(
  `mutation RecordDeployment($input: RecordDeploymentInput!) { recordDeployment(input: $input) ${done} }`,
  z.object({ recordDeployment: Done }),
);

const Document = z.object({
  key: z.string(),
  format: z.string(),
  nodes: z.number(),
  links: z.number(),
  withdrawn: z.number(),
  skipped: z.array(z.string()),
  signatures: z.array(z.object({ keyid: z.string().nullable(), verdict: z.string(), key: z.string().nullable() })),
});
export type RecordedDocument = z.infer<typeof Document>;

export const recordDocument = operation<Input<{ source: string; content?: string | undefined; blob?: string | undefined; keys: readonly string[] }>>()(
  `mutation RecordDocument($input: RecordDocumentInput!) { recordDocument(input: $input) { ${receipt} document { key format nodes links withdrawn skipped signatures { keyid verdict key } } } }`,
  z.object({ recordDocument: z.object({ receipt: Receipt, document: Document }) }),
);
