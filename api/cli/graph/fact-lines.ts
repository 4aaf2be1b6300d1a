import { count, printable, time } from "#api/cli/format.ts";
import type { Fact } from "#api/cli/operations/graph-queries.ts";
import type { Output } from "#api/cli/terminal.ts";
import { plainName } from "./asked.ts";
import { attributesText, valueText } from "./shown.ts";

/** A fact, and by which events it began and ended. */
export const factLines = (output: Output, { begun, ended, ...fact }: Fact): string[] => [
  `${time(begun.at)}  ${output.bold(said(fact))}`,
  output.dim(`    ${printable(fact.source)}, by ${printable(begun.actor)}, event ${begun.eventId} at ${count(begun.position)}${begun.reason === null ? "" : `: ${printable(begun.reason)}`}`),
  ...(ended ? [output.yellow(`    until ${time(ended.at)}, by ${printable(ended.actor)}, event ${ended.eventId} at ${count(ended.position)}${ended.reason === null ? "" : `: ${printable(ended.reason)}`}`)] : []),
];

const said = ({ what, name, value, type, from, to, attributes }: Omit<Fact, "begun" | "ended">): string => {
  if (what === "NODE") return "it exists";
  if (what === "ATTRIBUTE") return `${printable(name ?? "")} = ${valueText(value)}`;
  const more = attributesText(attributes);
  return `${printable(from ?? "")} ${plainName(type ?? "")} ${printable(to ?? "")}${more === "" ? "" : `  (${more})`}`;
};
