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
        ? `${output.green("rebuilt")} ${name}: generation ${generation} is live, in ${duration(milliseconds)}`
        : `generation ${generation} of ${name} is being filled; see: waybill status`,
    );
    return exitCodes.ok;
  },
);

const patience = 60_000;

/** Resolves when nothing is filled any more: the server switches then. */
const switched = async (session: Session, name: string): Promise<void> => {
  using stack = new DisposableStack();
  let progress: Progress | null = null;
  let [done, since] = [0, performance.now()];
  for (; ; await sleep(250, undefined, { signal: session.signal })) {
    const { status } = await patiently(session, () => session.client.request(showStatus, {}));
    const position = rebuiltTo(status, name);
    if (position === null) return;
    progress ??= stack.use(new Progress(session.output, `rebuilding ${name}`, status.log.head));
    if (position > done) since = performance.now();
    progress.advance(Math.max(0, position - done));
    done = Math.max(done, position);
    if (performance.now() - since > patience) throw stuck(name, done);
  }
};

const rebuiltTo = ({ projections }: Status, name: string): number | null => {
  const projection = projections.find((one) => one.name === name);
  if (!projection) throw new CliError(exitCodes.refused, `there is no projection ${name} any more`);
  return projection.rebuilding?.position ?? null;
};

const stuck = (name: string, position: number): CliError =>
  new CliError(exitCodes.failed, `the rebuild of ${name} has stood at position ${position} for a minute`, {
    hint: "the live tables stay as they are; the server's log says why",
  });
