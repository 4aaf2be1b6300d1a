import { type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Identity } from "./machine.ts";

const enter = 0o1;
const read = 0o4;

/** The outermost folder on the way to `path`, itself included, that `who` may not enter; null where the way is free. */
export const barrier = (path: string, who: Identity): string | null => {
  const parent = dirname(path);
  const outer = parent === path ? null : barrier(parent, who);
  return outer ?? (grants(statSync(path), who, enter) ? null : path);
};

/** Whether `who` may read the file or list the folder, given that it gets there. */
export const readable = (path: string, who: Identity): boolean => grants(statSync(path), who, read);

// The mode decides alone. An access list that allows more costs a needless copy, nothing else.
const grants = ({ mode, uid, gid }: Stats, who: Identity, bit: number): boolean => {
  const shift = uid === who.uid ? 6 : gid === who.gid ? 3 : 0;
  return ((mode >> shift) & bit) !== 0;
};
