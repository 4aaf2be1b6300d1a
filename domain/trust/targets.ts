import { type Decider, type Refusal, refuse } from "#domain/kernel/decider.ts";
import { emptyMap, lookUp, type PersistentMap, withEntries } from "#domain/kernel/persistent-map.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { TargetsEvent } from "./events.ts";
import type { Target } from "./target.ts";

/** Path to fingerprint of every target that the repository lists, or will with its next publication. */
export type Targets = PersistentMap<string>;

interface ForRepository {
  readonly repository: string;
  /** The publication that was asked for with it. */
  readonly task: string | null;
}

export type TargetsCommand =
  | ({ readonly type: "AddTargets"; readonly targets: readonly Target[] } & ForRepository)
  | ({ readonly type: "RemoveTargets"; readonly paths: readonly string[] } & ForRepository);

export type TargetsRefusal = "DUPLICATE_TARGET" | "TARGET_NOT_FOUND";

const decide = (command: TargetsCommand, state: Targets): readonly TargetsEvent[] | Refusal<TargetsRefusal> => {
  const { repository, task } = command;
  switch (command.type) {
    case "AddTargets": {
      const duplicates = repeated(command.targets.map(({ path }) => path));
      if (duplicates.length > 0) return duplicateTarget(duplicates);
      const fresh = command.targets.filter((target) => lookUp(state, target.path) !== fingerprint(target));
      return portions(fresh, targetSize).map((targets) => ({ type: "TargetsAdded", repository, targets, task }));
    }
    case "RemoveTargets": {
      const duplicates = repeated(command.paths);
      if (duplicates.length > 0) return duplicateTarget(duplicates);
      const unknown = command.paths.filter((path) => lookUp(state, path) === undefined);
      if (unknown.length > 0) return refuse("TARGET_NOT_FOUND", `There is no target ${shown(unknown)}`, { paths: unknown });
      return portions(command.paths, pathSize).map((paths) => ({ type: "TargetsRemoved", repository, paths, task }));
    }
  }
};

const evolve = (state: Targets, event: TargetsEvent): Targets => {
  switch (event.type) {
    case "TargetsAdded":
      return withEntries(state, event.targets.map((target) => [target.path, fingerprint(target)]));
    case "TargetsRemoved":
      return withEntries(state, event.paths.map((path) => [path, undefined]));
  }
};

/** One stream `trust.targets-<name>`. What is so already records nothing. */
export const targetsDecider: Decider<TargetsCommand, Targets, TargetsEvent, TargetsRefusal> = { initialState: emptyMap, decide, evolve };

/** The same for the same content, however `custom` is written. */
const fingerprint = ({ length, hashes, custom }: Target): string =>
  custom ? `${length} ${hashes.sha256} ${canonicalJson(custom)}` : `${length} ${hashes.sha256}`;

const repeated = (paths: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return paths.filter((path) => seen.size === seen.add(path).size);
};

const duplicateTarget = (paths: readonly string[]) =>
  refuse("DUPLICATE_TARGET", `Named more than once in one command: ${shown(paths)}`, { paths });

const shown = (paths: readonly string[]): string => (paths.length > 3 ? `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more` : paths.join(", "));

/** An event holds 1,000 at most, and stays under the log's 900 KB also where names are long. */
const portions = <Item>(items: readonly Item[], size: (item: Item) => number): readonly (readonly Item[])[] => {
  const all: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const last = all.at(-1);
    room -= size(item);
    if (last && room >= 0 && last.length < 1000) last.push(item);
    else {
      all.push([item]);
      room = 800_000 - size(item);
    }
  }
  return all;
};

// Upper bounds of the JSON's bytes: a UTF-16 unit has three at most, since control characters are refused in paths.
const pathSize = (path: string): number => 3 * path.length + 3;
const targetSize = ({ path, custom }: Target): number => pathSize(path) + 160 + (custom ? 3 * JSON.stringify(custom).length : 0);
