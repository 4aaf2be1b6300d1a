import { setTimeout as sleep } from "node:timers/promises";
import { command } from "./command.ts";
import { CliError, exitCodes } from "./exit.ts";
import { duration } from "./format.ts";
import { asked, reasonOption } from "./mutation.ts";
import { rebuildProjection, showStatus, type Status } from "./operations/status.ts";
import { patiently } from "./patience.ts";
import { Progress } from "./progress.ts";
import type { Session } from "./session.ts";

export const rebuild = command(
  {
    name: "rebuild",
    summary: "fill a projection anew from the log, then switch to it",
    operands: ["NAME"],
    options: { wait: { kind: "flag", short: "w", help: "wait until it is switched" }, reason: reasonOption },
    examples: [["rebuild tuf --wait", "readers see the old one until the new one is complete"]],
  },
  async (session, { operands: [name = ""], values }) => {
    const { client, output } = session;
    const { generation } = (await client.request(rebuildProjection, { input: { name, ...asked(values.reason) } })).rebuildProjection;
    if (values.wait === true) await switched(session, name);
    const milliseconds = Math.round(performance.now() - session.started);
    await output.result({ name, generation, switched: values.wait === true, milliseconds }, () =>
      values.wait === true
        ? `${output.green("rebuilt")} ${name} in ${duration(milliseconds)}`
        : `${name} is being rebuilt; how far it is: ${output.program} status`,
    );
    return exitCodes.ok;
  },
);

const switched = async (session: Session, name: string): Promise<void> => {
  let progress: Progress | null = null;
  for (let done = 0; ; await sleep(250, undefined, { signal: session.signal })) {
    const { status } = await patiently(session, () => session.client.request(showStatus, {}));
    const projection = status.projections.find((one) => one.name === name);
    throwIfStopped(projection, name);
    const position = projection?.rebuilding?.position ?? 0;
    progress ??= new Progress(session.output, `rebuilding ${name}`, status.log.head);
    progress.advance(Math.max(0, position - done));
    done = Math.max(done, position);
    // The request was answered, so it was begun: not under way any more means switched.
    if (projection?.rebuilding === null) break;
  }
  progress[Symbol.dispose]();
};

const throwIfStopped = (projection: Status["projections"][number] | undefined, name: string): void => {
  if (!projection) throw new CliError(exitCodes.refused, `there is no projection ${name} any more`);
  // What stopped the live tables does not matter while others are filled: to mend them is what a rebuild is for.
  const { error, position } = projection.rebuilding ?? { error: projection.error, position: projection.failedPosition ?? "?" };
  if (error !== null) throw new CliError(exitCodes.failed, `${name} stopped at position ${position}: ${error}`);
};
