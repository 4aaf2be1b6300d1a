import { z } from "zod";
import { operation } from "#api/cli/operation.ts";
import { type Input } from "./shared.ts";

export const Status = z.object({
  version: z.string(),
  degraded: z.array(z.string()),
  log: z.object({ engine: z.string(), head: z.number() }),
  projections: z.array(
    z.object({
      name: z.string(),
      generation: z.number(),
      position: z.number(),
      lag: z.number(),
      state: z.string(),
      error: z.string().nullable(),
      failedPosition: z.number().nullable(),
      rebuilding: z.object({ generation: z.number(), position: z.number(), error: z.string().nullable() }).nullable(),
    }),
  ),
  workers: z.array(z.object({ name: z.string(), kind: z.string(), state: z.string(), lastSeen: z.string() })),
});

export type Status = z.infer<typeof Status>;

export const showStatus = operation()(
  `query Status { status { version degraded log { engine head }
    projections { name generation position lag state error failedPosition rebuilding { generation position error } }
    workers { name kind state lastSeen } } }`,
  z.object({ status: Status }),
);

export const rebuildProjection = operation<Input<{ name: string }>>()(
  `mutation RebuildProjection($input: RebuildProjectionInput!) { rebuildProjection(input: $input) { name generation } }`,
  z.object({ rebuildProjection: z.object({ name: z.string(), generation: z.number() }) }),
);
