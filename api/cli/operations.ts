import { z } from "zod";
import { type Operation, operation } from "./operation.ts";

// Everything that the CLI asks of GraphQL; a test holds it against the committed schema, and a server in allow-list mode
// can register it (`documents`).

const Receipt = z.object({ position: z.number(), eventIds: z.array(z.string()), replayed: z.boolean() });
const Done = z.object({ receipt: Receipt, task: z.object({ taskId: z.string() }).nullable() });
export type Done = z.infer<typeof Done>;

const receipt = "receipt { position eventIds replayed }";
const done = `{ ${receipt} task { taskId } }`;

export interface Asked {
  readonly reason?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

type Input<Fields> = { readonly input: Fields & Asked };

export interface Lives {
  readonly root?: number | undefined;
  readonly targets?: number | undefined;
  readonly snapshot?: number | undefined;
  readonly timestamp?: number | undefined;
  readonly bins?: number | undefined;
}

export const bootstrapRepository = operation<
  Input<{ repository: string; bins?: number | undefined; binForm?: string | undefined; expires?: Lives }>
>()(`mutation BootstrapRepository($input: BootstrapRepositoryInput!) { bootstrapRepository(input: $input) ${done} }`, z.object({ bootstrapRepository: Done }));

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

export const recordVersions = operation<Input<{ ecosystem: string; source: string; versions: readonly object[] }>>()(
  `mutation RecordVersions($input: RecordVersionsInput!) { recordVersions(input: $input) ${done} }`,
  z.object({ recordVersions: Done }),
);

export const issueToken = operation<Input<{ name: string; scope: string; expires?: string | undefined }>>()(
  `mutation IssueToken($input: IssueTokenInput!) { issueToken(input: $input) { ${receipt} tokenId secret } }`,
  z.object({ issueToken: z.object({ receipt: Receipt, tokenId: z.string(), secret: z.string() }) }),
);

export const revokeToken = operation<Input<{ id: string }>>()(
  `mutation RevokeToken($input: RevokeTokenInput!) { revokeToken(input: $input) { ${receipt} } }`,
  z.object({ revokeToken: z.object({ receipt: Receipt }) }),
);

export const rebuildProjection = operation<Input<{ name: string }>>()(
  `mutation RebuildProjection($input: RebuildProjectionInput!) { rebuildProjection(input: $input) { name generation } }`,
  z.object({ rebuildProjection: z.object({ name: z.string(), generation: z.number() }) }),
);

const Page = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const connection = <Node extends z.ZodType>(node: Node) => z.object({ edges: z.array(z.object({ node })), pageInfo: Page });
const page = "pageInfo { hasNextPage endCursor }";

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

export const Task = z.object({
  taskId: z.string(),
  kind: z.string(),
  subject: z.string(),
  state: z.enum(["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"]),
  attempt: z.number(),
  worker: z.string().nullable(),
  result: z.unknown(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  queuedAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  position: z.number(),
});
export type Task = z.infer<typeof Task>;
const task = "taskId kind subject state attempt worker result error { code message } queuedAt startedAt finishedAt position";

export const showTask = operation<{ id: string }>()(`query Task($id: ID!) { task(id: $id) { ${task} } }`, z.object({ task: Task.nullable() }));

export const followTask = operation<{ id: string }>()(`subscription FollowTask($id: ID!) { task(id: $id) { ${task} } }`, z.object({ task: Task }));

export const Event = z.object({
  eventId: z.string(),
  type: z.string(),
  stream: z.string(),
  revision: z.number(),
  position: z.number(),
  at: z.string(),
  actor: z.string(),
  reason: z.string().nullable(),
  commandId: z.string(),
  correlationId: z.string(),
  causationId: z.string().nullable(),
  data: z.unknown(),
});
export type Event = z.infer<typeof Event>;
const event = "eventId type stream revision position at actor reason commandId correlationId causationId data";

export interface EventFilter {
  readonly stream?: string | undefined;
  readonly type?: string | undefined;
}

export const lastEvents = operation<EventFilter & { last: number }>()(
  `query LastEvents($stream: String, $type: String, $last: Int) { events(stream: $stream, type: $type, last: $last) { edges { node { ${event} } } ${page} } }`,
  z.object({ events: connection(Event) }),
);

export const followEvents = operation<EventFilter & { after: number }>()(
  `subscription FollowEvents($after: Position, $stream: String, $type: String) { events(after: $after, stream: $stream, type: $type) { ${event} } }`,
  z.object({ events: Event }),
);

export const Status = z.object({
  version: z.string(),
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
      rebuilding: z.object({ generation: z.number(), position: z.number() }).nullable(),
    }),
  ),
  workers: z.array(z.object({ name: z.string(), kind: z.string(), state: z.string(), lastSeen: z.string() })),
});
export type Status = z.infer<typeof Status>;

export const showStatus = operation()(
  `query Status { status { version log { engine head }
    projections { name generation position lag state error failedPosition rebuilding { generation position } }
    workers { name kind state lastSeen } } }`,
  z.object({ status: Status }),
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

/** The text of every document above. */
export const documents = (): readonly string[] => all.map(({ document }) => document);

const all: readonly Pick<Operation<never, unknown>, "name" | "document">[] = [
  bootstrapRepository, addTargets, removeTargets, publish, recordVersions, issueToken, revokeToken, rebuildProjection,
  showRepository, countTargets, listRepositories, showTarget, listTargets, newestMetadata, showTask, followTask,
  lastEvents, followEvents, showStatus, listTokens,
];
