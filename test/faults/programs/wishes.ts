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

/** What clients ask for: everything on streams that all of them share. Each wish changes something, whatever went before. */
export const wishes = (repositories: readonly string[]) => {
  /** Targets that are known to be there, for those who remove. */
  const added: { readonly repository: string; readonly path: string }[] = [];

  const record = (random: Random, marker: string): Wish => ({
    mutation: "recordVersions",
    marker,
    input: { ecosystem: random.pick(ecosystems), source: "faults", versions: [{ key: `pkg:generic/${marker}@1`, dependencies: [{ relation: "depends", requirement: "other" }] }] },
  });
  const add = (random: Random, marker: string): Wish => {
    const targets = upTo(random.whole(1, 3)).map((index) => ({ path: `${marker}/${index}`, length: index, sha256: hash("sha256", marker) }));
    return { mutation: "addTargets", marker, input: { repository: random.pick(repositories), targets, publish: random.chance(0.5) } };
  };
  const issue = (_random: Random, marker: string): Wish => ({ mutation: "issueToken", marker, input: { name: marker, scope: "READ" } });
  const remove = (random: Random, marker: string): Wish => {
    const target = added.shift();
    return target ? { mutation: "removeTargets", marker: null, input: { repository: target.repository, paths: [target.path] } } : record(random, marker);
  };

  return {
    wishOf: (random: Random): Wish => {
      const wish = random.pick([record, record, record, record, add, add, add, issue, remove]);
      return wish(random, `mark-${newId()}`);
    },
    answered: ({ mutation, input, marker }: Wish): void => {
      const { repository } = input;
      if (mutation === "addTargets" && typeof repository === "string") added.push({ repository, path: `${marker}/0` });
    },
  };
};
