import type { IncomingHttpHeaders } from "node:http";
import type { Issue } from "#domain/kernel/errors.ts";

const single = (header: string | string[] | undefined): string | null => (typeof header === "string" ? header : null);

/** `Waybill-After`: a position; null where it is absent. */
export const afterOf = (headers: IncomingHttpHeaders): number | null | { readonly issues: readonly Issue[] } => {
  const header = single(headers["waybill-after"]);
  if (header === null) return null;
  const position = /^\d{1,16}$/.test(header) ? Number(header) : Number.NaN;
  return Number.isSafeInteger(position)
    ? position
    : { issues: [{ path: ["Waybill-After"], message: "must be a position: a whole number up to 2^53-1" }] };
};

/** `X-Request-Id`, where it is fit to be recorded. */
export const requestIdOf = (headers: IncomingHttpHeaders): string | null => {
  const header = single(headers["x-request-id"]);
  return header !== null && /^[\w.:+/=-]{1,128}$/.test(header) ? header : null;
};

/** `traceparent` (W3C Trace Context §3.2); a malformed one is ignored, as that demands. */
export const traceparentOf = (headers: IncomingHttpHeaders): string | null => {
  const header = single(headers["traceparent"]);
  if (header === null || !/^(?!ff)[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(header)) return null;
  return /^..-0{32}|-0{16}-..$/.test(header) ? null : header;
};
