import { command } from "./command.ts";
import { CliError, exitCodes } from "./exit.ts";
import { duration, time } from "./format.ts";
import { isOver, taskChanges, throwIfFailed } from "./follow-task.ts";
import { showTask, type Task } from "./operations/tasks.ts";
import { card } from "./table.ts";
import type { Output } from "./terminal.ts";

export const task = command(
  {
    name: "task",
    summary: "where a task stands",
    operands: ["ID"],
    details: ["Exits with 1 where the task failed."],
    options: { follow: { kind: "flag", short: "f", help: "show every change until it is over" } },
    examples: [["task 01939c1e-8f2a-7c55-b3a0-5d1e6f0a9b7c --follow", "until it is over"]],
  },
  async ({ client, output, ...session }, { operands: [id = ""], values }) => {
    if (values.follow !== true) {
      const { task } = await client.request(showTask, { id });
      if (!task)
        throw new CliError(exitCodes.refused, `there is no task ${id}`, { hint: "the id is printed by add, remove, publish and import" });
      await output.result(task, () => card(facts(output, task), output.width));
      if (isOver(task)) throwIfFailed(task);
      return exitCodes.ok;
    }
    let last: Task | null = null;
    for await (const change of taskChanges({ client, output, ...session }, id)) {
      last = change;
      await output.result(change, () => changeLine(output, change));
    }
    if (last) throwIfFailed(last);
    return exitCodes.ok;
  },
);

const changeLine = (output: Output, { state, attempt, worker, error, startedAt, finishedAt, queuedAt }: Task): string => {
  const at = time(finishedAt ?? startedAt ?? queuedAt);
  const took = startedAt !== null && finishedAt !== null ? ` in ${duration(Date.parse(finishedAt) - Date.parse(startedAt))}` : "";
  const by = state === "RUNNING" && worker !== null ? ` by ${worker}` : "";
  const tries = attempt > 1 ? `, attempt ${attempt}` : "";
  const why = error && state !== "SUCCEEDED" ? `: ${error.message} (${error.code})` : "";
  return `${output.dim(at)}  ${colored(output, state)}${by}${tries}${took}${why}`;
};

const facts = (output: Output, task: Task): [string, string][] => {
  const { taskId, kind, subject, state, attempt, worker, error, queuedAt, startedAt, finishedAt } = task;
  const took = startedAt !== null && finishedAt !== null ? ` (${duration(Date.parse(finishedAt) - Date.parse(startedAt))})` : "";
  return [
    ["task", taskId],
    ["what", `${kind} of ${subject}`],
    ["state", colored(output, state) + (attempt > 1 ? `, attempt ${attempt}` : "")],
    ["queued", time(queuedAt)],
    ["started", time(startedAt) + (worker === null ? "" : ` by ${worker}`)],
    ["finished", time(finishedAt) + took],
    ...(error ? [["error", `${error.message} (${error.code})`] as [string, string]] : []),
  ];
};

const colored = (output: Output, state: Task["state"]): string => {
  const word = state.toLowerCase();
  if (state === "SUCCEEDED") return output.green(word);
  return state === "FAILED" ? output.red(word) : output.yellow(word);
};
