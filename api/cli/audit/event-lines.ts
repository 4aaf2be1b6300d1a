import { CommandDenied } from "#domain/access/events.ts";
import { counted, printable, shortened, time } from "#api/cli/format.ts";
import type { Event } from "#api/cli/operations/audit.ts";
import type { Output } from "#api/cli/terminal.ts";

/** One line for an event: where, when, what, on which stream, by whom. */
export const eventLine = (output: Output, event: Event, before = ""): string => {
  const { position, at, type, stream, revision, actor, reason } = event;
  const why = reason === null ? "" : `  “${shortened(printable(reason), 60)}”`;
  return `${output.bold(String(position).padStart(8))}  ${output.dim(time(at))}  ${before}${printable(type)}  ${output.dim(`${printable(stream)}#${revision}`)}  ${printable(actor)}${why}${denial(event)}`;
};

/** Of somebody who was refused: what, and for want of what. */
const denial = ({ type, data }: Event): string => {
  const denied = type.startsWith("access.CommandDenied.") ? CommandDenied.safeParse({ ...Object(data), type: "CommandDenied" }).data : undefined;
  if (!denied) return "";
  const { operation, needed, scope, times } = denied;
  return `  ${printable(operation)}${needed === null ? "" : ` needs ${needed}`}, ${scope === null ? "no valid token" : `has ${scope}`}${times > 1 ? `, ${counted(times, "time")}` : ""}`;
};

/** Branches of a tree, for rows that know how deep they are and stand in the tree's order. */
export const branches = (depths: readonly number[]): readonly string[] =>
  depths.map((depth, at) => {
    const levels = Array.from({ length: depth }, (_, level) => {
      const next = depths.slice(at + 1).find((other) => other <= level + 1);
      const goesOn = next === level + 1;
      if (level === depth - 1) return goesOn ? "├─ " : "└─ ";
      return goesOn ? "│  " : "   ";
    });
    return levels.join("");
  });
