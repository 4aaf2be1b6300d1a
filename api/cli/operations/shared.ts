import { z } from "zod";

export const Receipt = z.object({ position: z.number(), eventIds: z.array(z.string()), replayed: z.boolean() });

export const Done = z.object({ receipt: Receipt, task: z.object({ taskId: z.string() }).nullable() });

export type Done = z.infer<typeof Done>;

export const receipt = "receipt { position eventIds replayed }";

export const done = `{ ${receipt} task { taskId } }`;

export interface Asked {
  readonly reason?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

export type Input<Fields> = { readonly input: Fields & Asked };

const Page = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

export const connection = <Node extends z.ZodType>(node: Node) => z.object({ edges: z.array(z.object({ node })), pageInfo: Page });

export const page = "pageInfo { hasNextPage endCursor }";
