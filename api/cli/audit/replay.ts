import { command } from "#api/cli/command.ts";
import { exitCodes, usageError } from "#api/cli/exit.ts";
import { count, counted, duration, printable, shortened } from "#api/cli/format.ts";
import type { Session } from "#api/cli/session.ts";
import { type DifferingRow, type Replayed, replayed, type ReplayedTable } from "./replays.ts";

export const replay = command(
  {
    name: "audit replay",
    summary: "rebuild a read model from the log, and compare it row by row",
    operands: ["[NAME…]"],
    details: [
      "Every read model where none is named. Fills tables of their own from the log, beside the live ones, and compares: rows that only the read model has (added), only the replay (removed), or that differ (changed). The tables are dropped afterwards. Exit code 6 where anything differs.",
      "--at rebuilds it as it was at a position, and then compares with nothing unless --against says so. --against takes `live`, or the number of a generation: while a rebuild is under way there are two.",
    ],
    options: {
      at: { kind: "integer", value: "POS", help: "up to this position" },
      against: { kind: "text", value: "live|N", help: "the tables that readers see, or those of this generation (live)" },
      rows: { kind: "integer", min: 0, max: 1000, value: "N", help: "rows of each table to show, at most (20)" },
    },
    examples: [
      ["audit replay tuf", "is what clients are served what the log says?"],
      ["audit replay tokens --at 5000 --against live", "what has changed since"],
    ],
  },
  async (session, { operands: names, values }) => {
    const { at, rows } = values;
    const against = values.against ?? (at === undefined ? "live" : undefined);
    if (against !== undefined && !/^(live|\d{1,9})$/.test(against)) throw usageError("--against must be live, or the number of a generation");
    const found = await replayed(session, { names, at, against, rows });
    const milliseconds = Math.round(performance.now() - session.started);
    const same = found.every((one) => one.failure === null && (against === undefined || one.same === true));
    await session.output.result({ same, replayed: found, milliseconds }, () => found.flatMap((one) => lines(session, one, against, milliseconds)));
    if (same) return exitCodes.ok;
    return found.some(({ same, failure }) => same === false || failure) ? exitCodes.unverified : exitCodes.refused;
  },
);

const lines = ({ output }: Session, { name, generation, position, digest, tables, against, same, failure }: Replayed, wanted: string | undefined, milliseconds: number): string[] => {
  const rows = tables.reduce((sum, { replayed }) => sum + (replayed?.rows ?? 0), 0);
  const head = `${output.bold(name)} (generation ${generation}) at position ${count(position)}: ${counted(rows, "row")}, digest ${digest}, in ${duration(milliseconds)}`;
  if (failure) return [head, output.red(`event ${failure.event ?? "?"} at position ${failure.position ?? "?"} cannot be applied: ${printable(failure.error)}`)];
  if (wanted === undefined) return [head];
  if (!against) return [head, output.yellow(wanted === "live" ? "there are no tables to compare with yet" : `there are no tables of generation ${wanted}`)];
  const other = `generation ${against.generation} (schema ${against.schema}, at position ${count(against.position)})`;
  if (same === true) return [head, `${output.green("the same")} as ${other}`];
  return [head, `${output.red("differs")} from ${other}`, ...tables.flatMap((table) => tableLines(output.columns, table))];
};

const tableLines = (width: number, table: ReplayedTable): string[] => {
  const { added, removed, changed, rows } = table;
  const note = table.replayed === null ? "is in the read model alone" : table.found === null ? "is in the replay alone" : "";
  if (note !== "") return [`  ${table.table}: ${note}`];
  const unlike = table.unlike.length > 0 ? [`  ${table.table}: only one of the two has ${table.unlike.join(", ")}`] : [];
  if (added + removed + changed === 0) return unlike;
  const left = added + removed + changed - rows.length;
  return [
    ...unlike,
    `  ${table.table}: ${count(added)} added, ${count(removed)} removed, ${count(changed)} changed`,
    ...rows.flatMap((row) => rowLines(width, row)),
    ...(left > 0 ? [`    … and ${count(left)} more (--rows)`] : []),
  ];
};

const signs = { added: "+", removed: "-", changed: "~" } as const;

const rowLines = (width: number, { change, key, columns }: DifferingRow): string[] => [
  `    ${signs[change]} ${keyText(key)}`,
  ...(change === "changed" ? Object.entries(columns).map(([name, { replayed, found }]) => `        ${name}: ${shown(replayed, width)} in the log, ${shown(found, width)} in the read model`) : []),
];

export const keyText = (key: DifferingRow["key"]): string => Object.entries(key).map(([name, value]) => `${name}=${printable(value ?? "null")}`).join(" ").slice(0, 400);

const shown = (value: string | null, width: number): string => (value === null ? "nothing" : shortened(printable(value), Math.max(30, (width - 50) >> 1)));
