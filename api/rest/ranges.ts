/** Both ends included. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range that is asked for of `length` bytes: RFC 9110 §14. `all` where there is none, or one that we may ignore: more than
 * one, another unit, not well-formed. `none` where it lies outside.
 */
export const parseRange = (header: string | undefined, length: number): Range | "all" | "none" => {
  const parts = /^bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))$/.exec(header ?? "");
  if (!parts) return "all";
  const [first, last, suffix] = parts.slice(1).map((digits) => (digits === undefined ? undefined : Number(digits)));
  if (first !== undefined && last !== undefined && last < first) return "all";
  const start = first ?? Math.max(0, length - (suffix ?? 0));
  return start < length ? { start, end: Math.min(last ?? length - 1, length - 1) } : "none";
};
