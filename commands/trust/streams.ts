import type { Repository, RepositoryCommand, RepositoryRefusal } from "#domain/trust/repository.ts";
import type { Targets, TargetsCommand, TargetsRefusal } from "#domain/trust/targets.ts";
import { refuse } from "#domain/kernel/decider.ts";
import type { Aggregate } from "#commands/kernel/aggregate.ts";

/** The streams `trust.repository-<name>`. */
export type Repositories = Aggregate<RepositoryCommand, Repository | null, RepositoryRefusal>;

/** The streams `trust.targets-<name>`. */
export type TargetLists = Aggregate<TargetsCommand, Targets, TargetsRefusal>;

export const repositoryNotFound = (repository: string) =>
  refuse("REPOSITORY_NOT_FOUND", `There is no repository ${repository}`, { repository });
