import { z } from "zod";
import type { Member } from "./cluster.ts";
import type { Faults } from "./faults.ts";

const MemberOption = z.object({ host: z.string(), port: z.number(), state: z.enum(["leader", "follower"]), alive: z.boolean() });

/** What the process is started with. */
export const Options = z.object({
  file: z.string(),
  port: z.number().default(0),
  credentials: z.string().optional(),
  maxAppendSize: z.number().optional(),
  tls: z.object({ cert: z.string(), key: z.string(), clientCa: z.string().optional() }).optional(),
  members: z.array(MemberOption).optional(),
  leader: z.object({ host: z.string(), port: z.number() }).optional(),
});

export type Options = z.input<typeof Options>;

/** What it can be told later. */
export interface Order {
  readonly faults?: Partial<Faults>;
  readonly disconnect?: boolean;
  readonly dropSubscriptions?: boolean;
  readonly members?: readonly Member[];
}
