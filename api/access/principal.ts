import type { Scope } from "#domain/access/events.ts";

/** Who is asking: the token that the request bore. */
export interface Principal {
  readonly tokenId: string;
  readonly name: string;
  readonly scope: Scope;
}

/** The principal of a secret; null where no valid token has it. Rejects with `Unavailable` when it cannot know. */
export type Authenticate = (secret: string) => Promise<Principal | null>;

const rank: Record<Scope, number> = { read: 0, write: 1, admin: 2 };

/** Each scope includes the ones before it. */
export const mayActAs = (principal: Principal, needed: Scope): boolean => rank[principal.scope] >= rank[needed];
