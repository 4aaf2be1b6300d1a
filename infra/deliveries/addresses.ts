import { BlockList, isIPv4, isIPv6, SocketAddress } from "node:net";

/** Which addresses deliveries may go to. */
export interface Reach {
  /** Why nothing may be sent to this address; null where something may. */
  readonly refusal: (address: string) => string | null;
  /** The address is on the list of exceptions: there even plain HTTP may be spoken. */
  readonly isException: (address: string) => boolean;
}

/**
 * Public unicast addresses (IANA's registries of special-purpose addresses) and the given exceptions, in CIDR form. An IPv6 form that
 * carries an IPv4 address (mapped, NAT64, 6to4, Teredo) leads to who knows where: only the mapped one is looked into, others are refused.
 */
export const reachOf = (exceptions: readonly string[]): Reach => {
  const excepted = blockList(exceptions);
  const isException = (address: string) => isIn(excepted, plain(address));
  return {
    isException,
    refusal: (address) => {
      if (isException(address)) return null;
      const found = plain(address);
      if (isIPv4(found)) return isIn(special4, found) ? `${found} is not a public address` : null;
      if (!isIPv6(found)) return `${JSON.stringify(address)} is no address`;
      return isIn(global6, found) && !isIn(special6, found) ? null : `${found} is not a public address`;
    },
  };
};

/** Null where the text is no `10.0.0.0/8`, `fd00::/8` or single address. */
export const parseCidr = (text: string): { readonly address: string; readonly prefix: number; readonly family: "ipv4" | "ipv6" } | null => {
  const [address = "", bits, ...more] = text.trim().split("/");
  const family = isIPv4(address) ? "ipv4" : isIPv6(address) && !address.includes("%") ? "ipv6" : null;
  if (!family || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return null;
  const widest = family === "ipv4" ? 32 : 128;
  const prefix = bits === undefined ? widest : Number(bits);
  return prefix <= widest ? { address, prefix, family } : null;
};

const blockList = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const parsed = parseCidr(range);
    if (!parsed) throw new Error(`${range} is no range of addresses`);
    list.addSubnet(parsed.address, parsed.prefix, parsed.family);
  }
  return list;
};

const isIn = (list: BlockList, address: string): boolean =>
  isIPv4(address) ? list.check(address, "ipv4") : isIPv6(address) && list.check(new SocketAddress({ address, family: "ipv6" }));

/** `::ffff:10.0.0.1`, in whatever form it is written, is `10.0.0.1`; a zone is left out. */
const plain = (address: string): string => {
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return bare;
  const { address: canonical } = new SocketAddress({ address: bare, family: "ipv6" });
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(canonical);
  if (!mapped) return canonical;
  const [, dotted, high = "", low = ""] = mapped;
  if (dotted !== undefined) return dotted;
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [left >> 8, left & 255, right >> 8, right & 255].join(".");
};

const special4 = blockList([
  "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
  "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
  // Azure's own server of metadata and keys, on an address that looks public.
  "168.63.129.16/32",
]);

const global6 = blockList(["2000::/3"]);
const special6 = blockList(["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"]);
