import { command } from "./command.ts";
import { exitCodes, usageError } from "./exit.ts";
import { counted, duration } from "./format.ts";
import { asked, publishOptions } from "./mutation.ts";
import { removeTargets } from "./operations/trust.ts";
import { awaitPublication, rolesText } from "./publication.ts";

export const remove = command(
  {
    name: "remove",
    summary: "withdraw targets, so that clients find them no longer",
    operands: ["NAME", "PATH…"],
    details: ["All of them or, where one is not there, none."],
    options: publishOptions,
    examples: [["remove demo README.md --wait --reason 'published by mistake'", "withdrawn, and why"]],
  },
  async (session, { operands: [repository = "", ...paths], values }) => {
    const { client, output } = session;
    if (paths.length > 1000) throw usageError(`at most 1,000 targets at a time, not ${paths.length}`);
    const input = { repository, paths: [...new Set(paths)], publish: values.publish !== false, ...asked(values.reason) };
    const { receipt, task } = (await client.request(removeTargets, { input })).removeTargets;
    const published = values.wait === true && task ? await awaitPublication(session, task.taskId, repository) : null;
    const milliseconds = Math.round(performance.now() - session.started);
    const document = { repository, paths: input.paths, position: receipt.position, task: task?.taskId ?? null, published, milliseconds };
    await output.result(document, () => [
      `${output.green("removed")} ${counted(input.paths.length, "target")} from ${output.bold(repository)}`,
      published
        ? `${output.green("published")} ${rolesText(published)} in ${duration(milliseconds)}`
        : task
          ? `publication is task ${task.taskId}`
          : `not published yet: ${output.program} publish ${repository}`,
    ]);
    return exitCodes.ok;
  },
);
