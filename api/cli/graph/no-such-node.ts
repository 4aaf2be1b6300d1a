import { CliError, exitCodes } from "#api/cli/exit.ts";
import { printable } from "#api/cli/format.ts";
import { type Moment, resolveNodes } from "#api/cli/operations/graph-queries.ts";
import type { Session } from "#api/cli/session.ts";

const mostNamed = 3;

/** A node that was asked for and is not there, with those that may have been meant: an advisory by its alias, another version. */
export const noSuchNode = async ({ client }: Session, keys: readonly string[], { asOf }: Moment): Promise<CliError> => {
  const parts = keys.map(lastPart);
  const found = await Promise.all(parts.map((text) => client.request(resolveNodes, { ...(asOf && { asOf }), text })));
  const others = [...new Set(found.flatMap(({ graph }) => graph.resolve.map(({ key }) => key)))].filter((key) => !keys.includes(key));
  const meant = others.length === 0 ? "" : `did you mean ${others.slice(0, mostNamed).map(printable).join(", ")}${others.length > mostNamed ? ", …" : ""}? `;
  const hint = `${meant}find it by a part of it: waybill graph resolve ${parts.at(-1) ?? ""}`;
  return new CliError(exitCodes.refused, `there is no node ${keys.join(" or ")}${asOf ? " at that moment" : ""}`, { hint });
};

const lastPart = (key: string): string => /([^/:@]+)(?:@[^/]*)?$/.exec(key)?.[1] ?? key;
