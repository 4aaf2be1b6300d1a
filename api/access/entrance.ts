import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Problem, tooMany, unauthenticated } from "#api/problem.ts";
import type { Denial } from "#commands/access/record-denials.ts";
import { recent } from "#api/recent.ts";
import { addressOf } from "./address.ts";
import { bearerSecret } from "./bearer.ts";
import type { Authenticate, Principal } from "./principal.ts";
import type { Rates } from "./rates.ts";

export interface EntranceNeeds {
  readonly authenticate: Authenticate;
  readonly rates?: Rates | undefined;
  /** Told of each refusal for want of a token or its scope; returns at once. */
  readonly denied?: ((denial: Denial) => void) | undefined;
}

export type Entered = { readonly principal: Principal; readonly secret: string } | { readonly problem: Problem };

/**
 * Who asks, within the limits of how often. An address that has tried too many tokens that are not valid is not even looked up any
 * more, but for tokens that were valid before: whoever shares the address with a broken script goes on.
 */
export const entrance = ({ authenticate, rates = {}, denied }: EntranceNeeds): ((request: IncomingMessage) => Promise<Entered>) => {
  const known = recent<true>(10_000);

  const authenticated = async (secret: string, address: string): Promise<Principal | Problem> => {
    const digest = hash("sha256", secret);
    const wait = known.get(digest) ? 0 : await rates.failures?.look(address);
    if (wait) return tooMany(wait);
    const principal = await authenticate(secret);
    if (principal) known.set(digest, true);
    else await rates.failures?.take(address);
    return principal ?? tokenInvalid;
  };

  return async (request) => {
    const secret = bearerSecret(request.headers.authorization);
    const address = addressOf(request);
    const found = secret === null ? unauthenticated : await authenticated(secret, address);
    if (found === tokenInvalid) denied?.({ operation: operationOf(request), needed: null, token: null, address });
    const isKnown = "tokenId" in found;
    const wait = await rates.requests?.take(isKnown ? `token ${found.tokenId}` : `address ${address}`);
    if (wait) return { problem: tooMany(wait) };
    return isKnown && secret !== null ? { principal: found, secret } : { problem: isKnown ? unauthenticated : found };
  };
};

/** Express keeps the whole path here, and in `url` what is left below a router. */
type Asked = Pick<IncomingMessage, "method" | "url"> & { readonly originalUrl?: string };

/** Without what is asked behind the `?`. */
export const operationOf = ({ method = "", url = "", originalUrl = url }: Asked): string => `${method} ${originalUrl.split("?")[0] ?? ""}`;

const tokenInvalid: Problem = { ...unauthenticated, headers: { "www-authenticate": 'Bearer realm="waybill", error="invalid_token"' } };
