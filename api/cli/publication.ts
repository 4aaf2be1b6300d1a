import { counted } from "./format.ts";
import { finishedTask } from "./follow-task.ts";
import { newestMetadata } from "./operations/trust.ts";
import type { Session } from "./session.ts";

export interface RoleVersion {
  readonly role: string;
  readonly version: number;
}

/** What became visible, newest first; `complete` is false where there was more than one looks at. */
export interface Published {
  readonly task: string;
  readonly roles: readonly RoleVersion[];
  readonly complete: boolean;
}

/** Waits for a publication and tells what clients see since. */
export const awaitPublication = async (session: Session, task: string, repository: string): Promise<Published> => {
  const { position } = await finishedTask(session, task);
  const few = await newestRoles(session, { repository, afterPosition: position, first: 20 });
  // Most publications touch a few roles; one that touches all bins has a thousand.
  return { task, ...(few.complete ? few : await newestRoles(session, { repository, afterPosition: position, first: 1000 })) };
};

type Asked = Parameters<NonNullable<typeof newestMetadata.takes>>[0];

const newestRoles = async ({ client }: Session, asked: Asked): Promise<Omit<Published, "task">> => {
  const { metadata } = await client.request(newestMetadata, asked);
  const nodes = metadata.edges.map(({ node }) => node);
  const roles = nodes.filter(({ publishedAt }) => publishedAt === nodes[0]?.publishedAt).map(({ role, version }) => ({ role, version }));
  return { roles: roles.toSorted(byRank), complete: roles.length < nodes.length || !metadata.pageInfo.hasNextPage };
};

const ranks = ["root", "timestamp", "snapshot", "targets"];
const rank = ({ role }: RoleVersion): number => (ranks.includes(role) ? ranks.indexOf(role) : ranks.length);
const byRank = (a: RoleVersion, b: RoleVersion): number => rank(a) - rank(b) || (a.role < b.role ? -1 : 1);

/** `timestamp v5, snapshot v5, bins-3f v2`, and how many more: one line of a terminal. */
export const rolesText = ({ roles, complete }: Published): string => {
  const shown = roles.length > 5 ? roles.slice(0, 3) : roles;
  const more = roles.length - shown.length;
  const rest = more === 0 && complete ? [] : [complete ? `and ${counted(more, "more role")}` : `and more than ${more} others`];
  return [...shown.map(({ role, version }) => `${role} v${version}`), ...rest].join(", ");
};
