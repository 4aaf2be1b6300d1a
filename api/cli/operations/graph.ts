import { z } from "zod";
import { operation } from "#api/cli/operation.ts";
import { Done, done, type Input, Receipt, receipt } from "./shared.ts";

export const recordVersions = operation<Input<{ ecosystem: string; source: string; versions: readonly object[] }>>()(
  `mutation RecordVersions($input: RecordVersionsInput!) { recordVersions(input: $input) ${done} }`,
  z.object({ recordVersions: Done }),
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
  newNodes: z.number(),
  newLinks: z.number(),
  withdrawn: z.number(),
  skipped: z.array(z.string()),
  signatures: z.array(z.object({ keyid: z.string().nullable(), verdict: z.string(), key: z.string().nullable() })),
});
export type RecordedDocument = z.infer<typeof Document>;

export const recordDocument = operation<Input<{ source: string; content?: string | undefined; blob?: string | undefined; keys: readonly string[] }>>()(
  `mutation RecordDocument($input: RecordDocumentInput!) { recordDocument(input: $input) { ${receipt} document { key format nodes links newNodes newLinks withdrawn skipped signatures { keyid verdict key } } } }`,
  z.object({ recordDocument: z.object({ receipt: Receipt, document: Document }) }),
);
