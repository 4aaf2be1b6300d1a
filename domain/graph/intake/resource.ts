import { z } from "zod";
import { keyOf } from "#domain/graph/keys.ts";
import { digestKey, purlKey } from "./document.ts";

/** https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md */
export const Resource = z.object({
  uri: z.string().nullish(),
  name: z.string().nullish(),
  digest: z.record(z.string(), z.string()).nullish(),
});
export type Resource = z.infer<typeof Resource>;

/** The key of a resource: a commit of a repository, a SHA-256, a package URL; null where it has none of these. */
export const resourceKey = ({ uri, name, digest }: Resource): string | null => {
  const commit = digest?.["gitCommit"] ?? digest?.["sha1"];
  const source = commit === undefined || !uri ? null : sourceKey(uri, commit);
  return source ?? digestKey(digest?.["sha256"]) ?? purlKey(uri ?? undefined) ?? purlKey(name ?? undefined);
};

/** `git+https://host/path@refs/heads/main` and a commit: of the branch nothing is left, since the commit says more. */
const sourceKey = (uri: string, commit: string): string | null => {
  const [, repository] = /^(?:git\+)?((?:https?|ssh|git):\/\/[^/]+\/[^@?#]+)/.exec(uri) ?? [];
  return repository === undefined ? null : (keyOf(`git+${repository}@${commit}`)?.key ?? null);
};
