import type { Decider } from "#domain/kernel/decider.ts";
import { emptyMap, lookUp, type PersistentMap, withEntries } from "#domain/kernel/persistent-map.ts";
import type { DeploymentEvent } from "./events.ts";

/** What a service runs from now on; null: nothing. */
export interface Deployment {
  readonly service: string;
  readonly artifact: string | null;
}

export interface RecordDeployment {
  readonly type: "RecordDeployment";
  readonly environment: string;
  /** Of whom this is known. */
  readonly source: string;
  readonly deployments: readonly Deployment[];
}

/** The artifact of each service. */
export type Running = PersistentMap<string>;

/** What runs in one environment: the same artifact again, or nothing again, leaves no event. */
export const deployments: Decider<RecordDeployment, Running, DeploymentEvent, never> = {
  initialState: emptyMap,
  decide: ({ environment, source, deployments: asked }, running) =>
    asked
      .filter(({ service, artifact }) => (lookUp(running, service) ?? null) !== artifact)
      .map(({ service, artifact }) =>
        artifact === null ? { type: "Undeployed", environment, service } : { type: "Deployed", environment, service, artifact, source },
      ),
  evolve: (running, event) => withEntries(running, [[event.service, event.type === "Deployed" ? event.artifact : undefined]]),
};
