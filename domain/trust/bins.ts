import { hash } from "node:crypto";
import type { z } from "zod";
import type { RepositoryEstablished, Settings } from "./events.ts";

/** The key that signs the bins, as `targets` delegates to it. */
export type BinKey = z.infer<typeof RepositoryEstablished>["binKey"];
type Bins = Pick<Settings, "bins" | "binPrefix">;

/** TAP 15: the first bits of the SHA-256 of the path's UTF-8, as many as it takes to number the bins. */
export const binIndex = (path: string, bins: number): number => hash("sha256", path, "buffer").readUInt32BE(0) >>> (32 - Math.log2(bins));

/** TAP 15: the index in lower-case hex, as wide as that of the last bin: `bins-0a` of 256. */
export const binName = (prefix: string, index: number, bins: number): string =>
  `${prefix}-${index.toString(16).padStart(hexDigits(bins), "0")}`;

/** The bin that must list a path, and no other may. */
export const binOf = (path: string, { bins, binPrefix }: Bins): string => binName(binPrefix, binIndex(path, bins), bins);

/** All bins in the order of their index. */
export const binNames = ({ bins, binPrefix }: Bins): readonly string[] =>
  Array.from({ length: bins }, (_, index) => binName(binPrefix, index, bins));

/** What `targets` says of its bins (TUF 1.0.34 §4.5, TAP 15). The bins themselves are the same in both forms. */
export const delegations = (settings: Settings, { keyid, key }: BinKey) => ({
  keys: { [keyid]: key },
  ...(settings.binForm === "succinct" ? succinct(settings, keyid) : explicit(settings, keyid)),
});

const succinct = ({ bins, binPrefix }: Settings, keyid: string) => ({
  succinct_roles: { bit_length: Math.log2(bins), keyids: [keyid], name_prefix: binPrefix, threshold: 1 },
});

// All clients refuse a role without `terminating`, though TUF's own example leaves it out.
const explicit = (settings: Settings, keyid: string) => ({
  roles: binNames(settings).map((name, index) => ({
    keyids: [keyid],
    name,
    path_hash_prefixes: prefixes(index, settings.bins),
    terminating: true,
    threshold: 1,
  })),
});

/** The hex prefixes that a bin owns, as short as they can be and still tell bins apart. */
const prefixes = (index: number, bins: number): readonly string[] => {
  const digits = Math.ceil(Math.log2(bins) / 4);
  const each = 16 ** digits / bins;
  return Array.from({ length: each }, (_, offset) => (index * each + offset).toString(16).padStart(digits, "0"));
};

const hexDigits = (bins: number): number => (bins - 1).toString(16).length;
