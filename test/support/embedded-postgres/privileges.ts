import process from "node:process";
import type { Identity } from "#infra/embedded-postgres/machine.ts";

export const isRoot = process.getuid?.() === 0;

/** A user without rights: this one, or nobody's neighbour where this is root. `daemon` has an entry in every passwd. */
export const plainUser: Identity | undefined = isRoot ? { uid: 1, gid: 1 } : undefined;

/** A rule that only root can see at work. Elsewhere its decision is checked, and the report says that this is the limit. */
export const rootRule = (rule: string, atWork: () => Promise<void>, itsDecision: () => Promise<void> | void): void => {
  if (isRoot) it(rule, atWork);
  else it(`${rule} (declared limit: not root, so only the decision is checked)`, async () => itsDecision());
};
