import type { Metadata, ServiceError } from "@grpc/grpc-js";
import type { Faults } from "./faults.ts";
import { notLeader, unauthenticated, unavailable } from "./refusals.ts";
import type { Store } from "./store.ts";

/** What the services share. */
export interface Serving {
  readonly store: Store;
  readonly faults: Faults;
  readonly maxAppendSize: number;
  /** Why a call is not let in; undefined where it is. */
  readonly refuse: (metadata: Metadata) => ServiceError | undefined;
  /** Calls that stay open, to be dropped. */
  readonly open: Set<{ readonly drop: () => void }>;
}

export interface Entry {
  /** `user:password`; anybody where absent. */
  readonly credentials?: string | undefined;
  /** Where the leader is, when this node is not it. */
  readonly leader?: { readonly host: string; readonly port: number } | undefined;
}

export const doorkeeper =
  (faults: Faults, { credentials, leader }: Entry) =>
  (metadata: Metadata): ServiceError | undefined => {
    if (faults.unavailable) return unavailable();
    const expected = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`;
    if (expected !== undefined && metadata.get("authorization")[0] !== expected) return unauthenticated();
    if (leader && metadata.get("requires-leader")[0] === "true") return notLeader(leader.host, leader.port);
    return undefined;
  };
