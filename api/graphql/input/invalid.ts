import { InvalidInput, type Issue } from "#domain/kernel/errors.ts";

/** An issue as Standard Schema gives it. */
interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Nobody reads more of them, and an answer stays smaller than its question. */
const most = 100;

/** Every problem of one command at once, each with its path: `["input", "targets", 3, "path"]`. */
export const invalid = (issues: readonly StandardIssue[]): InvalidInput => {
  const told = issues.slice(0, most).map(({ message, path = [] }): Issue => ({ message, path: path.map(plain) }));
  const left = issues.length - told.length;
  return new InvalidInput(left > 0 ? [...told, { path: [], message: "and more of them" }] : told);
};

const plain = (part: PropertyKey | { readonly key: PropertyKey }): string | number => {
  const key = typeof part === "object" ? part.key : part;
  return typeof key === "number" ? key : String(key);
};
