import { keyOf } from "#domain/graph/keys.ts";
import { kinds, linkTypes } from "#domain/graph/kinds.ts";
import { usageError } from "#api/cli/exit.ts";
import type { AsOf, Moment } from "#api/cli/operations/graph-queries.ts";
import type { Option } from "#api/cli/options.ts";

/** Options of every question about the graph. */
export const momentOptions = {
  "as-of": { kind: "text", value: "MOMENT", help: "the graph as it was: at a position, a time (2026-11-20, 2026-11-20T10:00:00Z) or an event's id" },
  after: { kind: "integer", value: "POS", help: "an answer that knows this position, which recording something has printed" },
} as const satisfies Record<string, Option>;

/** Rows of a table, and everything for programs. */
export const rowsOption = (what: string) => ({ kind: "integer", min: 1, max: 10_000_000, short: "n", value: "N", help: `${what} to show, at most (50; with --json all)` }) as const satisfies Option;

export const typesOption = { kind: "list", value: "TYPE", choices: linkTypes, help: "only links of these types" } as const satisfies Option;
export const kindsOption = { kind: "list", value: "KIND", choices: kinds, help: "only nodes of these kinds" } as const satisfies Option;
export const sourceOption = { kind: "text", value: "SOURCE", help: "who says so (ci)" } as const satisfies Option;

interface Given {
  readonly "as-of"?: string | undefined;
  readonly after?: number | undefined;
}

export const momentOf = ({ "as-of": asOf, after }: Given): Moment => ({ ...(asOf === undefined ? {} : { asOf: asOfText("--as-of", asOf) }), ...(after === undefined ? {} : { after }) });

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const instant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** A position, a time (also as tables show it, with a space), or an event's id. */
export const asOfText = (where: string, given: string): AsOf => {
  const text = given.replace(" ", "T");
  if (/^\d{1,15}$/.test(text)) return { position: Number(text) };
  if (uuid.test(text)) return { event: text.toLowerCase() };
  if (instant.test(text) && !Number.isNaN(Date.parse(text))) return { time: new Date(text).toISOString() };
  throw usageError(`${where} must be a position, a time or an event's id, not ${JSON.stringify(given)}`, "a time is written 2026-11-20 or 2026-11-20T10:00:00Z");
};

/** A natural key in its one spelling; a bare digest is that of an artifact. */
export const keyText = (text: string): string => {
  const found = keyOf(/^[0-9a-f]{64}$/i.test(text) ? `sha256:${text}` : text);
  if (found) return found.key;
  throw usageError(
    `${JSON.stringify(text)} is no key: a package URL, sha256:<64 hex digits>, git+https://…@<commit> or <kind>/<name>`,
    `find it by a part of it: waybill graph resolve ${text.split(/\s/, 1)[0]}`,
  );
};

/** As GraphQL's enumerations spell it. */
export const enumName = (name: string): string => name.toUpperCase().replaceAll("-", "_");
export const enumNames = (names: readonly string[] | undefined): string[] | undefined => names?.map(enumName);

/** As people write it. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll("_", "-");
