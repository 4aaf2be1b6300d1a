import { command } from "./command.ts";
import { exitCodes } from "./exit.ts";
import { duration } from "./format.ts";
import { asked, publishOptions } from "./mutation.ts";
import { publish as publishOperation } from "./operations/trust.ts";
import { awaitPublication, rolesText } from "./publication.ts";

export const publish = command(
  {
    name: "publish",
    summary: "make everything pending visible to clients",
    operands: ["NAME"],
    options: { wait: publishOptions.wait, reason: publishOptions.reason },
    examples: [["publish demo --wait", "after add --no-publish"]],
  },
  async (session, { operands: [repository = ""], values }) => {
    const { client, output } = session;
    const { receipt, task } = (await client.request(publishOperation, { input: { repository, ...asked(values.reason) } })).publish;
    const published = values.wait === true && task ? await awaitPublication(session, task.taskId, repository) : null;
    const milliseconds = Math.round(performance.now() - session.started);
    const document = { repository, position: receipt.position, task: task?.taskId ?? null, published, milliseconds };
    await output.result(document, () => {
      if (!task) return "nothing to publish";
      return published
        ? `${output.green("published")} ${rolesText(published)} in ${duration(milliseconds)}`
        : `publication is task ${task.taskId}`;
    });
    return exitCodes.ok;
  },
);
