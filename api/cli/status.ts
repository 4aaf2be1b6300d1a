import { command } from "./command.ts";
import { exitCodes } from "./exit.ts";
import { count, printable, time } from "./format.ts";
import { showStatus, type Status } from "./operations/status.ts";
import { table } from "./table.ts";
import type { Output } from "./terminal.ts";

export const status = command(
  {
    name: "status",
    summary: "the log's head, each projection's position and lag, the workers",
    operands: [],
    details: ["Exits with 1 where a projection was stopped by an event that it cannot take."],
    options: {},
    examples: [["status --json", "for monitoring"]],
  },
  async ({ client, output }) => {
    const { status } = await client.request(showStatus, {});
    await output.result(status, () => statusLines(output, status));
    return status.projections.some(({ error }) => error !== null) ? exitCodes.failed : exitCodes.ok;
  },
);

const statusLines = (output: Output, { version, degraded, log, projections, workers }: Status): string[] => [
  `Waybill ${version}, log in ${log.engine}, head at position ${output.bold(count(log.head))}`,
  ...degraded.map((what) => output.yellow(`degraded: ${printable(what)}`)),
  "",
  ...table(
    [
      { title: "PROJECTION" },
      { title: "POSITION", right: true },
      { title: "LAG", right: true },
      { title: "GEN", right: true },
      { title: "STATE" },
    ],
    projections.map((projection) => [
      projection.name,
      count(projection.position),
      projection.lag === 0 ? output.green("0") : output.yellow(count(projection.lag)),
      String(projection.generation),
      stateOf(output, projection),
    ]),
  ),
  ...projections.flatMap(({ name, error, failedPosition }) =>
    error === null ? [] : [output.red(`${name} stopped at position ${failedPosition ?? "?"}: ${printable(error)}`)],
  ),
  "",
  ...(workers.length === 0
    ? [output.yellow("no workers: nothing will be published")]
    : table(
        [{ title: "WORKER" }, { title: "KIND" }, { title: "STATE" }, { title: "LAST SEEN" }],
        workers.map(({ name, kind, state, lastSeen }) => [name, kind, state, time(lastSeen)]),
      )),
];

const stateOf = (output: Output, { state, error, rebuilding }: Status["projections"][number]): string => {
  if (error !== null) return output.red(state);
  if (!rebuilding) return state;
  const where = `at position ${count(rebuilding.position)}`;
  return rebuilding.error === null ? `${state}, being rebuilt: ${where}` : output.red(`${state}, rebuild stopped ${where}: ${printable(rebuilding.error)}`);
};
