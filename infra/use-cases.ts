import { ledgerCodec } from "#domain/audit/events.ts";
import { ledgerDecider } from "#domain/audit/ledger.ts";
import { tokenCodec } from "#domain/access/events.ts";
import { token } from "#domain/access/token.ts";
import { endpoint } from "#domain/deliveries/endpoint.ts";
import { deliveriesCodec } from "#domain/deliveries/events.ts";
import { deployments } from "#domain/graph/deployments.ts";
import { deploymentCodec, sourceCodec, versionsCodec } from "#domain/graph/events.ts";
import { sources } from "#domain/graph/sources.ts";
import { versions } from "#domain/graph/versions.ts";
import type { PersistentMap } from "#domain/kernel/persistent-map.ts";
import { taskCodec } from "#domain/tasks/events.ts";
import { task } from "#domain/tasks/task.ts";
import { repositoryCodec, targetsCodec } from "#domain/trust/events.ts";
import { repositoryDecider } from "#domain/trust/repository.ts";
import { targetsDecider } from "#domain/trust/targets.ts";
import { issueToken } from "#commands/access/issue-token.ts";
import { recordSecretReads } from "#commands/access/record-secret-reads.ts";
import { revokeToken } from "#commands/access/revoke-token.ts";
import type { Commands } from "#commands/commands.ts";
import type { WebhookCommands } from "#commands/deliveries/commands.ts";
import { type Intake, recordDocument } from "#commands/graph/record-document.ts";
import { recordDeployment } from "#commands/graph/record-deployment.ts";
import { recordLinks } from "#commands/graph/record-links.ts";
import { recordNodes } from "#commands/graph/record-nodes.ts";
import { recordVersions } from "#commands/graph/record-versions.ts";
import { withdraw } from "#commands/graph/withdraw.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import type { Clock } from "#commands/ports/clock.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Signer } from "#commands/ports/signer.ts";
import { addTargets } from "#commands/trust/add-targets.ts";
import { bootstrapRepository } from "#commands/trust/bootstrap-repository.ts";
import { publish } from "#commands/trust/publish.ts";
import { removeTargets } from "#commands/trust/remove-targets.ts";

/** Of the states that grow with what they list: some 200 MB. An empty one has its buckets, too. */
const aMillionEntries = { capacity: 1_000_000, weigh: ({ size }: PersistentMap<unknown>) => 200 + size };

/** The streams of every decider, on one log. */
export const aggregatesOn = (log: EventLog) => ({
  repositories: aggregate(repositoryDecider, repositoryCodec, log),
  targets: aggregate(targetsDecider, targetsCodec, log, aMillionEntries),
  tasks: aggregate(task, taskCodec, log),
  tokens: aggregate(token, tokenCodec, log),
  endpoints: aggregate(endpoint, deliveriesCodec, log),
  ledgers: aggregate(ledgerDecider, ledgerCodec, log),
  ecosystems: aggregate(versions, versionsCodec, log, aMillionEntries),
  sources: aggregate(sources, sourceCodec, log, aMillionEntries),
  environments: aggregate(deployments, deploymentCodec, log, aMillionEntries),
});

export type Aggregates = ReturnType<typeof aggregatesOn>;

type Ports = Pick<Intake, "blobs" | "known"> & { readonly log: EventLog; readonly signer: Signer; readonly clock: Clock };

export const commandsOf = (aggregates: Aggregates, { log, signer, clock, ...intake }: Ports): Omit<Commands, keyof WebhookCommands> => {
  const publishing = { ...aggregates, log, clock };
  return {
    bootstrapRepository: bootstrapRepository(aggregates.repositories, log, signer, clock),
    addTargets: addTargets(publishing),
    removeTargets: removeTargets(publishing),
    publish: publish(publishing),
    recordVersions: recordVersions(aggregates.ecosystems),
    recordNodes: recordNodes(aggregates.sources),
    recordLinks: recordLinks(aggregates.sources),
    withdraw: withdraw(aggregates.sources),
    recordDocument: recordDocument({ ...intake, sources: aggregates.sources }),
    recordDeployment: recordDeployment(aggregates.environments),
    issueToken: recordSecretReads(log, "token")(issueToken(aggregates.tokens), ({ token }) => token),
    revokeToken: revokeToken(aggregates.tokens),
  };
};
