import { z } from "zod";
import { operation } from "#api/cli/operation.ts";
import { connection, Done, done, type Input, page } from "./shared.ts";

export interface Lives {
  readonly root?: number | undefined;
  readonly targets?: number | undefined;
  readonly snapshot?: number | undefined;
  readonly timestamp?: number | undefined;
  readonly bins?: number | undefined;
}

export const bootstrapRepository = operation<
  Input<{ repository: string; bins?: number | undefined; binForm?: string | undefined; expires?: Lives }>
>()(
  `mutation BootstrapRepository($input: BootstrapRepositoryInput!) { bootstrapRepository(input: $input) ${done} }`,
  z.object({ bootstrapRepository: Done }),
);

export interface OfferedTarget {
  readonly path: string;
  readonly length: number;
  readonly sha256: string;
  readonly custom?: unknown;
}

export const addTargets = operation<Input<{ repository: string; targets: readonly OfferedTarget[]; publish: boolean }>>()(
  `mutation AddTargets($input: AddTargetsInput!) { addTargets(input: $input) ${done} }`,
  z.object({ addTargets: Done }),
);

export const removeTargets = operation<Input<{ repository: string; paths: readonly string[]; publish: boolean }>>()(
  `mutation RemoveTargets($input: RemoveTargetsInput!) { removeTargets(input: $input) ${done} }`,
  z.object({ removeTargets: Done }),
);

export const publish = operation<Input<{ repository: string }>>()(
  `mutation Publish($input: PublishInput!) { publish(input: $input) ${done} }`,
  z.object({ publish: Done }),
);

const Repository = z.object({
  name: z.string(),
  bins: z.number(),
  binForm: z.string(),
  establishedAt: z.string(),
  publishedAt: z.string().nullable(),
  pending: z.boolean(),
  targetCount: z.number(),
  position: z.number(),
  stale: z.boolean(),
});

const repository = "name bins binForm establishedAt publishedAt pending targetCount position stale";

export const showRepository = operation<{ name: string; after?: number | undefined }>()(
  `query Repository($name: String!, $after: Position) { repository(name: $name, after: $after) {
    ${repository} expires { root targets snapshot timestamp bins } roles { role version expires } } }`,
  z.object({
    repository: Repository.extend({
      expires: z.record(z.string(), z.number()),
      roles: z.array(z.object({ role: z.string(), version: z.number(), expires: z.string() })),
    }).nullable(),
  }),
);

export const countTargets = operation<{ name: string; after?: number | undefined }>()(
  `query CountTargets($name: String!, $after: Position) { repository(name: $name, after: $after) { targetCount } }`,
  z.object({ repository: z.object({ targetCount: z.number() }).nullable() }),
);

export const listRepositories = operation<{ after?: string | null }>()(
  `query Repositories($after: String) { repositories(first: 50, after: $after) { edges { node { ${repository} } } ${page} } }`,
  z.object({ repositories: connection(Repository) }),
);

export const Target = z.object({
  path: z.string(),
  length: z.number(),
  sha256: z.string(),
  custom: z.unknown(),
  bin: z.number(),
  published: z.boolean(),
  addedAt: z.string(),
});

const target = "path length sha256 custom bin published addedAt";

export const showTarget = operation<{ repository: string; path: string }>()(
  `query Target($repository: String!, $path: String!) { repository(name: $repository) { name } target(repository: $repository, path: $path) { ${target} } }`,
  z.object({ repository: z.object({ name: z.string() }).nullable(), target: Target.nullable() }),
);

export const listTargets = operation<{ repository: string; prefix?: string | undefined; first: number; after?: string | null }>()(
  `query Targets($repository: String!, $prefix: String, $first: Int, $after: String) {
    targets(repository: $repository, prefix: $prefix, first: $first, after: $after) { edges { node { ${target} } } ${page} } }`,
  z.object({ targets: connection(Target) }),
);

export const newestMetadata = operation<{ repository: string; first: number; afterPosition?: number | undefined }>()(
  `query NewestMetadata($repository: String!, $first: Int, $afterPosition: Position) {
    metadata(repository: $repository, first: $first, afterPosition: $afterPosition) { edges { node { role version publishedAt } } ${page} } }`,
  z.object({ metadata: connection(z.object({ role: z.string(), version: z.number(), publishedAt: z.string() })) }),
);
