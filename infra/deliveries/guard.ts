import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { promisify } from "node:util";
import type { Forbidden } from "#commands/ports/reachable.ts";
import type { Reach } from "./addresses.ts";

/** Deliveries may not go there. */
export class Unreachable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "Unreachable";
  }
}

/** Node's own, or what takes its place. */
export type Lookup = (host: string, options: { readonly all: true }, done: (error: NodeJS.ErrnoException | null, found: { address: string; family: number }[]) => void) => void;

/**
 * Resolves names for connections, and gives out checked addresses alone: what was checked is what is connected to, whatever the name
 * leads to a moment later. One forbidden address among several forbids the name.
 */
export const guardedLookup =
  (reach: Reach, secure: boolean, lookup: Lookup = systemLookup): LookupFunction =>
  (host, options, done) => {
    lookup(host, { all: true }, (error, found) => {
      if (error) return done(error, "", 4);
      const reason = refusalOf(reach, secure, found.map(({ address }) => address)) ?? (found.length === 0 ? `${host} has no address` : null);
      if (reason !== null) return done(new Unreachable(reason), "", 4);
      if (options.all === true) return done(null, found);
      const [first] = found;
      done(null, first?.address ?? "", first?.family ?? 4);
    });
  };

/** Throws `Unreachable` where a URL's host is an address that nothing may be sent to: no name is looked up for it. */
export const checkAddress = (reach: Reach, { protocol, hostname }: URL): void => {
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  const reason = isIP(address) ? refusalOf(reach, protocol === "https:", [address]) : null;
  if (reason !== null) throw new Unreachable(reason);
};

const refusalOf = (reach: Reach, secure: boolean, addresses: readonly string[]): string | null => {
  for (const address of addresses) {
    const reason = reach.refusal(address);
    if (reason !== null) return reason;
    if (!secure && !reach.isException(address)) return "https is required";
  }
  return null;
};

/** What a URL is told on being saved. A name that cannot be looked up now is let through: each delivery looks again. */
export const forbiddenBy =
  (reach: Reach, lookup: Lookup = systemLookup): Forbidden =>
  async (text) => {
    const url = URL.parse(text);
    if (!url || !/^https?:$/.test(url.protocol)) return "it is no http or https URL";
    if (url.username !== "" || url.password !== "") return "it must not have a user or a password in it";
    try {
      checkAddress(reach, url);
      if (isIP(url.hostname.replace(/^\[(.*)\]$/, "$1"))) return null;
      const found = await promisify(lookup)(url.hostname, { all: true }).catch(() => []);
      return refusalOf(reach, url.protocol === "https:", found.map(({ address }) => address));
    } catch (error) {
      if (error instanceof Unreachable) return error.message;
      throw error;
    }
  };
