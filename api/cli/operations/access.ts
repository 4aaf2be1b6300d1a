import { z } from "zod";
import { operation } from "#api/cli/operation.ts";
import { connection, type Input, page, Receipt, receipt } from "./shared.ts";

export const issueToken = operation<Input<{ name: string; scope: string; expires?: string | undefined }>>()(
  `mutation IssueToken($input: IssueTokenInput!) { issueToken(input: $input) { ${receipt} tokenId secret } }`,
  z.object({ issueToken: z.object({ receipt: Receipt, tokenId: z.string(), secret: z.string() }) }),
);

export const revokeToken = operation<Input<{ id: string }>>()(
  `mutation RevokeToken($input: RevokeTokenInput!) { revokeToken(input: $input) { ${receipt} } }`,
  z.object({ revokeToken: z.object({ receipt: Receipt }) }),
);

export const listTokens = operation<{ after?: string | null }>()(
  `query Tokens($after: String) { tokens(first: 100, after: $after) { edges { node { tokenId name scope expires issuedAt revokedAt } } ${page} } }`,
  z.object({
    tokens: connection(
      z.object({
        tokenId: z.string(),
        name: z.string(),
        scope: z.string(),
        expires: z.string().nullable(),
        issuedAt: z.string(),
        revokedAt: z.string().nullable(),
      }),
    ),
  }),
);
