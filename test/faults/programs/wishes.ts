import { hash } from "node:crypto";
import { newId } from "#commands/kernel/command-id.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import { upTo } from "#test/conformance/event-log/harness.ts";
import type { Random } from "#test/faults/random.ts";

/** One command as a client wishes it. */
export interface Wish {
  readonly mutation: string;
  readonly input: JsonObject;
  /** In the data of its event, and nowhere else. */
  readonly marker: string | null;
}

const ecosystems = upTo(3).map((index) => `shared-${index}`);

/** Some wish, which leaves this word behind. */
type Wishing = (random: Random, marker: string) => Wish;

const record: Wishing = (random, marker) => ({
  mutation: "recordVersions",
  marker,
  input: { ecosystem: random.pick(ecosystems), source: "faults", versions: [{ key: `pkg:generic/${marker}@1`, dependencies: [{ relation: "depends", requirement: "other" }] }] },
});

const issue: Wishing = (_random, marker) => ({ mutation: "issueToken", marker, input: { name: marker, scope: "READ" } });

const add = (repositories: readonly string[]): Wishing => (random, marker) => {
  const targets = upTo(random.whole(1, 3)).map((index) => ({ path: `${marker}/${index}`, length: index, sha256: hash("sha256", marker) }));
  return { mutation: "addTargets", marker, input: { repository: random.pick(repositories), targets, publish: random.chance(0.5) } };
};

interface Added {
  readonly repository: string;
  readonly path: string;
}

/** Of a target that is there, each once. */
const remove = (added: Added[]): Wishing => (random, marker) => {
  const target = added.shift();
  return target ? { mutation: "removeTargets", marker: null, input: { repository: target.repository, paths: [target.path] } } : record(random, marker);
};

/** What clients ask for: everything on streams that all of them share. Each wish changes something, whatever went before. */
export const wishes = (repositories: readonly string[]) => {
  const added: Added[] = [];
  const [adding, removing] = [add(repositories), remove(added)];
  return {
    wishOf: (random: Random): Wish => random.pick([record, record, record, record, adding, adding, adding, issue, removing])(random, `mark-${newId()}`),
    answered: ({ mutation, input, marker }: Wish): void => {
      const { repository } = input;
      if (mutation === "addTargets" && typeof repository === "string") added.push({ repository, path: `${marker}/0` });
    },
  };
};
