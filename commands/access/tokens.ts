import type { TokenCommand, TokenState } from "#domain/access/token.ts";
import type { Aggregate } from "#commands/kernel/aggregate.ts";

/** The streams of bearer tokens, one each. */
export type Tokens = Aggregate<TokenCommand, TokenState, "TOKEN_NOT_FOUND">;
