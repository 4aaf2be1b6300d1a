import { type Decider, refuse } from "#domain/kernel/decider.ts";
import type { TokenEvent, Scope } from "./events.ts";

export type TokenCommand =
  | {
      readonly type: "IssueToken";
      readonly token: string;
      readonly name: string;
      readonly scope: Scope;
      readonly secretSha256: string;
      readonly expires: string | null;
    }
  | { readonly type: "RevokeToken" };

export type TokenState = { readonly token: string; readonly revoked: boolean } | null;

/** A bearer token: issued once, revoked for good. */
export const token: Decider<TokenCommand, TokenState, TokenEvent, "TOKEN_NOT_FOUND"> = {
  initialState: null,
  decide: (command, state) => {
    if (command.type === "IssueToken") {
      const { type: _, ...issued } = command;
      return state ? [] : [{ type: "TokenIssued", ...issued }];
    }
    if (!state) return refuse("TOKEN_NOT_FOUND", "There is no such token");
    return state.revoked ? [] : [{ type: "TokenRevoked", token: state.token }];
  },
  evolve: (_, event) => {
    switch (event.type) {
      case "TokenIssued":
        return { token: event.token, revoked: false };
      case "TokenRevoked":
        return { token: event.token, revoked: true };
    }
  },
};
