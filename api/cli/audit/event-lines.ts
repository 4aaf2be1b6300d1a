import { CommandDenied } from "#domain/access/events.ts";
import { counted, printable, shortened, time, widthOf } from "#api/cli/format.ts";
import type { Event } from "#api/cli/operations/audit.ts";
import type { Output } from "#api/cli/terminal.ts";

/** Where an event stands in a tree: its branch, and what of the tree stands left of the lines that follow. */
export interface Branch {
  readonly stem: string;
  readonly below: string;
}

/** An event: where, when, what, on which stream, by whom. In one line, or in several of the terminal's width. */
export const eventLines = (output: Output, event: Event, branch?: Branch): string[] => {
  const { position, at, type, stream, revision, actor, reason } = event;
  const number = String(position).padStart(8);
  const hang = " ".repeat(branch ? widthOf(`${number}  ${time(at)}  `) : number.length + 2) + (branch?.below ?? "");
  const place = shortened(`${printable(stream)}#${revision}`, output.width - hang.length);
  const why = reason === null ? "" : `  “${shortened(printable(reason), 60)}”`;
  return output.folded(`${output.bold(number)}  ${output.dim(time(at))}  ${branch?.stem ?? ""}`, `${printable(type)}  ${output.dim(place)}  ${printable(actor)}${why}${denial(event)}`, hang);
};

/** Of somebody who was refused: what, and for want of what. */
const denial = ({ type, data }: Event): string => {
  const denied = type.startsWith("access.CommandDenied.") ? CommandDenied.safeParse({ ...Object(data), type: "CommandDenied" }).data : undefined;
  if (!denied) return "";
  const { operation, needed, scope, times } = denied;
  return `  ${printable(operation)}${needed === null ? "" : ` needs ${needed}`}, ${scope === null ? "no valid token" : `has ${scope}`}${times > 1 ? `, ${counted(times, "time")}` : ""}`;
};

/** Branches of a tree, for rows that know how deep they are and stand in the tree's order. */
export const branches = (depths: readonly number[]): readonly Branch[] =>
  depths.map((depth, at) => {
    const goesOn = Array.from({ length: depth }, (_, level) => depths.slice(at + 1).find((other) => other <= level + 1) === level + 1);
    const bars = goesOn.map((on) => (on ? "│  " : "   "));
    const stem = depth === 0 ? [] : [...bars.slice(0, -1), goesOn.at(-1) === true ? "├─ " : "└─ "];
    return { stem: stem.join(""), below: [...bars, (depths[at + 1] ?? 0) > depth ? "│  " : "   "].join("") };
  });
