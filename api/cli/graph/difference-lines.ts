import { count, printable, time } from "#api/cli/format.ts";
import type { Change, Difference } from "#api/cli/operations/graph-queries.ts";
import type { Output } from "#api/cli/terminal.ts";
import { plainName } from "./asked.ts";
import { attributesText, valueText } from "./shown.ts";

/** Below each event what it did. */
export const differenceLines = (output: Output, found: readonly Difference[]): string[] =>
  [...Map.groupBy(found, ({ by }) => by.position).values()].flatMap((some) => some.flatMap((one, index) => (index === 0 ? [heading(output, one.by)] : []).concat(`  ${line(output, one)}`)));

/** An event: where, when, what, by whom and why. */
export const heading = (output: Output, { position, at, actor, type, reason }: Omit<Change, "eventId">): string =>
  `${output.bold(count(position))}  ${output.dim(`${time(at)}  ${printable(type)} by ${printable(actor)}${reason === null ? "" : `: ${printable(reason)}`}`)}`;

const line = (output: Output, difference: Difference): string => {
  const { change, what, before, after } = difference;
  const subject = subjectOf(difference);
  const text = what === "LINK" ? attributesText : valueText;
  const tail = (value: unknown) => (what === "NODE" || text(value) === "" ? "" : ` ${text(value)}`);
  if (change === "ADDED") return output.green(`+ ${subject}${tail(after)}`);
  if (change === "REMOVED") return output.red(`- ${subject}${tail(before)}`);
  return output.yellow(`~ ${subject}${tail(before)} →${tail(after)}`);
};

const subjectOf = ({ what, key, name, type, to, source }: Difference): string => {
  if (what === "NODE") return printable(key);
  if (what === "ATTRIBUTE") return `${printable(key)} ${printable(name ?? "")} (${printable(source ?? "")}):`;
  return `${printable(key)} ${plainName(type ?? "")} ${printable(to ?? "")} (${printable(source ?? "")})`;
};
