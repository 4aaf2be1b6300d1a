import { hash, randomBytes, randomUUID } from "node:crypto";
import type { Commands } from "#commands/commands.ts";
import type { EventLog, Receipt } from "#commands/ports/event-log.ts";
import { eventId } from "#commands/kernel/command-id.ts";
import { tokenCodec, tokenStream } from "#domain/access/events.ts";
import { endpoint } from "#domain/deliveries/endpoint.ts";
import { deliveriesCodec } from "#domain/deliveries/events.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import { webhookCommandsOf } from "#infra/deliveries/use-cases.ts";
import { memorySecrets } from "#test/support/memory-secrets.ts";
import { deploymentCodec, deploymentsStream, sourceCodec, sourceStream, versionsCodec, versionsStream } from "#domain/graph/events.ts";
import { sources } from "#domain/graph/sources.ts";
import { recordDocument } from "#commands/graph/record-document.ts";
import { memoryBlobs, nothingKnown } from "#test/support/memory-blobs.ts";
import { refuse } from "#domain/kernel/decider.ts";
import type { Cause } from "#domain/kernel/event.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import { taskCodec, taskStream } from "#domain/tasks/events.ts";
import { repositoryStream, type Settings, targetsCodec, targetsStream } from "#domain/trust/events.ts";

export interface World {
  readonly log: EventLog;
  /** A repository came to be at this position. */
  readonly established: (name: string, settings: Settings, receipt: Receipt) => Promise<void>;
}

/** Commands that record what the true ones would, and refuse what these must; without keys, metadata and workers. */
export const commandsFor = ({ log, established }: World): Commands => {
  const repositories = new Set<string>();
  const targets = new Map<string, Set<string>>();
  const tokens = new Set<string>();

  const record = (stream: string, event: { type: string; data: JsonObject }, cause: Cause) =>
    log.append(stream, [{ id: eventId(cause.commandId, 0), ...event }], { expected: "any", cause });

  const queued = async (repository: string, { actor, correlationId }: Cause, wanted: boolean): Promise<string | null> => {
    if (!wanted) return null;
    const task = randomUUID();
    const event = taskCodec.encode({ type: "TaskQueued", task, kind: "publication", subject: repository, input: {} });
    await record(taskStream(task), event, { actor, correlationId, commandId: randomUUID() });
    return task;
  };

  return {
    ...webhookCommandsOf({ endpoints: aggregate(endpoint, deliveriesCodec, log), secrets: memorySecrets(), forbidden: async (url) => (url.includes("forbidden") ? "it is" : null), log, clock: Date.now }),
    bootstrapRepository: async ({ repository, settings }, cause) => {
      if (repositories.has(repository)) return refuse("REPOSITORY_EXISTS", `there is a repository ${repository} already`, { repository });
      repositories.add(repository);
      const receipt = await record(repositoryStream(repository), { type: "trust.RepositoryEstablished.v1", data: { repository } }, cause);
      await established(repository, settings, receipt);
      return { receipt, task: null };
    },
    addTargets: async ({ repository, targets: added, publish }, cause) => {
      if (!repositories.has(repository)) return unknown(repository);
      targets.set(repository, new Set([...(targets.get(repository) ?? []), ...added.map(({ path }) => path)]));
      const event = targetsCodec.encode({ type: "TargetsAdded", repository, targets: added, task: null });
      return { receipt: await record(targetsStream(repository), event, cause), task: await queued(repository, cause, publish) };
    },
    removeTargets: async ({ repository, paths, publish }, cause) => {
      if (!repositories.has(repository)) return unknown(repository);
      const missing = paths.find((path) => !targets.get(repository)?.has(path));
      if (missing !== undefined) return refuse("TARGET_NOT_FOUND", `there is no target ${missing}`, { path: missing });
      const event = targetsCodec.encode({ type: "TargetsRemoved", repository, paths, task: null });
      return { receipt: await record(targetsStream(repository), event, cause), task: await queued(repository, cause, publish) };
    },
    publish: async ({ repository }, cause) => {
      if (!repositories.has(repository)) return unknown(repository);
      const task = await queued(repository, cause, true);
      return { receipt: { position: await log.head(), stream: targetsStream(repository), revision: -1, eventIds: [], replayed: false }, task };
    },
    recordVersions: async ({ ecosystem, source, versions }, cause) => {
      const event = versionsCodec.encode({ type: "VersionsRecorded", ecosystem, source, versions });
      return { receipt: await record(versionsStream(ecosystem), event, cause), task: null };
    },
    recordNodes: async ({ source, nodes }, cause) => {
      const event = sourceCodec.encode({ type: "NodesRecorded", source, nodes });
      return { receipt: await record(sourceStream(source), event, cause), task: null };
    },
    recordLinks: async ({ source, links }, cause) => {
      const event = sourceCodec.encode({ type: "LinksRecorded", source, links });
      return { receipt: await record(sourceStream(source), event, cause), task: null };
    },
    withdraw: async ({ source, keys }, cause) => {
      const event = sourceCodec.encode({ type: "NodesWithdrawn", source, keys });
      return { receipt: await record(sourceStream(source), event, cause), task: null };
    },
    recordDocument: recordDocument({ sources: aggregate(sources, sourceCodec, log), blobs: memoryBlobs(), known: nothingKnown }),
    recordDeployment: async ({ environment, source, deployments: [first] }, cause) => {
      const event = deploymentCodec.encode({ type: "Deployed", environment, source, service: first?.service ?? "", artifact: first?.artifact ?? "" });
      return { receipt: await record(deploymentsStream(environment), event, cause), task: null };
    },
    issueToken: async ({ name, scope, expires }, cause) => {
      const token = randomUUID();
      const secret = `wb_${randomBytes(32).toString("base64url")}`;
      tokens.add(token);
      const event = tokenCodec.encode({ type: "TokenIssued", token, name, scope, expires, secretSha256: hash("sha256", secret) });
      return { receipt: await record(tokenStream(token), event, cause), task: null, token, secret };
    },
    revokeToken: async ({ token }, cause) => {
      if (!tokens.has(token)) return refuse("TOKEN_NOT_FOUND", `there is no token ${token}`, { token });
      return { receipt: await record(tokenStream(token), tokenCodec.encode({ type: "TokenRevoked", token }), cause), task: null };
    },
  };
};

const unknown = (repository: string) => refuse("REPOSITORY_NOT_FOUND", `there is no repository ${repository}`, { repository });
