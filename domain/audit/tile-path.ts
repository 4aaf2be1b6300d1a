import { tileWidth } from "./tiles.ts";

/** What `tile/<L>/<N>[.p/<W>]` names; `level` is `entries` for a bundle of entries. */
export interface TilePath {
  readonly level: number | "entries";
  readonly index: number;
  /** Hashes or entries: 256, or fewer of a partial one. */
  readonly width: number;
}

/** C2SP tlog-tiles: N in elements of three digits, all but the last with an `x`: 1234067 is `x001/x234/067`. */
export const formatTilePath = ({ level, index, width }: TilePath): string => {
  const digits = String(index);
  const elements = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const last = elements.length - 1;
  const place = elements.map((element, at) => (at < last ? `x${element}` : element)).join("/");
  return `tile/${level}/${place}${width === tileWidth ? "" : `.p/${width}`}`;
};

const form = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Null for what is no path of a tile, written in the one way that there is. */
export const parseTilePath = (path: string): TilePath | null => {
  const [, level = "", place = "", partial] = form.exec(path) ?? [];
  if (level === "") return null;
  const index = Number(place.replaceAll(/[x/]/g, ""));
  const width = partial === undefined ? tileWidth : Number(partial);
  const parsed = { level: level === "entries" ? ("entries" as const) : Number(level), index, width };
  return Number.isSafeInteger(index) && width <= tileWidth && (parsed.level === "entries" || parsed.level < 64) && formatTilePath(parsed) === path ? parsed : null;
};

/** A bundle: each entry behind its length, a big-endian uint16. */
export const formatBundle = (entries: readonly string[]): Buffer =>
  Buffer.concat(
    entries.flatMap((entry) => {
      const bytes = Buffer.from(entry);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return [length, bytes];
    }),
  );
