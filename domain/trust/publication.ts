import { binNames } from "./bins.ts";
import type { Settings } from "./events.ts";
import { expiresText, type FileVersion } from "./metadata.ts";
import type { Repository } from "./repository.ts";

/** What is to be signed next. */
export interface Plan {
  /** Revision of the targets stream that clients will see. */
  readonly covers: number;
  /** New versions in the order of TUF 1.0.34 §6.3: bins, targets, snapshot, timestamp. None: nothing to do. */
  readonly files: readonly FileVersion[];
}

export interface Pending {
  /** Revision of the targets stream that is to be covered. */
  readonly covers: number;
  /** Bins whose targets changed since the revision that is covered now. */
  readonly touched: Iterable<string>;
}

/**
 * The next publication: touched bins, and with them whatever is due for renewal. Deterministic in its arguments; `now` is in
 * milliseconds since 1970. A version is used once, a renewal's too.
 */
export const planPublication = (repository: Repository, { covers, touched }: Pending, now: number): Plan => {
  const roles = roleNames(repository.settings);
  const wanted = new Set([...touched, ...dueRoles(repository, now)]);
  const unknown = [...wanted.difference(new Set(roles))];
  if (unknown.length > 0) throw new Error(`${unknown.join(", ")}: no such roles`);
  if ([...wanted].some((role) => role !== "timestamp")) wanted.add("snapshot");
  // Also where nothing is left to show of what was pending: it is covered now.
  if (wanted.size > 0 || covers > repository.covers) wanted.add("timestamp");
  return { covers, files: roles.filter((role) => wanted.has(role)).map((role) => next(repository, role, now)) };
};

/** Bins of a plan: what their lists are has to be found out before it can be signed. */
export const binsOf = ({ files }: Plan): readonly string[] => files.map(({ role }) => role).filter((role) => !topLevel.has(role));

/** Roles to be renewed now: half of their life is gone, or they were never published. Root is not among them: that takes a ceremony. */
export const dueRoles = (repository: Repository, now: number): readonly string[] =>
  roleNames(repository.settings).filter((role) => dueAt(repository, role) <= now);

/** When the next role falls due, in milliseconds since 1970. */
export const nextDue = (repository: Repository): number =>
  roleNames(repository.settings).reduce((first, role) => Math.min(first, dueAt(repository, role)), Infinity);

const dueAt = ({ roles, settings }: Repository, role: string): number =>
  (roles.get(role)?.expires ?? -Infinity) - Math.floor(lifeOf(settings, role) / 2) * 1000;

const next = ({ roles, settings }: Repository, role: string, now: number): FileVersion => ({
  role,
  version: (roles.get(role)?.version ?? 0) + 1,
  expires: expiresText(1000 * expiresAt(settings, role, Math.floor(now / 1000))),
});

const expiresAt = (settings: Settings, role: string, seconds: number): number => {
  const end = seconds + lifeOf(settings, role);
  return topLevel.has(role) ? end : staggered(end, settings, role);
};

/**
 * Bins expire, and so fall due, in 32 groups: each on its own beat within a quarter of their life, whenever they were signed last. A bin
 * is cut short by less than that quarter, and one that is renewed in time keeps its beat.
 */
const staggered = (end: number, { expires }: Settings, bin: string): number => {
  const quarter = Math.floor(expires.bins / 4);
  const group = Number.parseInt(bin.slice(bin.lastIndexOf("-") + 1), 16) % groups;
  const beat = Math.floor((group * quarter) / groups);
  return end - ((end - beat) % quarter);
};

const groups = 32;

const lifeOf = ({ expires }: Settings, role: string): number => {
  if (role === "targets" || role === "snapshot" || role === "timestamp") return expires[role];
  return expires.bins;
};

const topLevel: ReadonlySet<string> = new Set(["targets", "snapshot", "timestamp"]);

const roleNames = (settings: Settings): readonly string[] => [...binNames(settings), ...topLevel];
