import assert from "node:assert/strict";
import { branches, eventLines } from "#api/cli/audit/event-lines.ts";
import { event } from "#test/api/cli/support/answers.ts";
import { outputOn } from "#test/api/cli/support/output.ts";

const task = "tasks.task-f76b1888-2bd7-867e-b556-fb86f338392a";
const queued = { ...event(8, "tasks.TaskQueued.v1"), stream: task, revision: 0, actor: "policy:publish-changes" };

const shown = async (columns: number | undefined, draw: (output: ReturnType<typeof outputOn>["output"]) => readonly string[]) => {
  const { output, lines } = outputOn(columns);
  await output.result({}, () => draw(output));
  return lines();
};

describe("The line of an event", () => {
  it("is one where it does not go to a terminal", async () =>
    assert.deepEqual(await shown(undefined, (output) => eventLines(output, queued)), [`       8  2026-11-21 12:00:00Z  tasks.TaskQueued.v1  ${task}#0  policy:publish-changes`]));

  it("breaks between its fields in a terminal, below the time", async () =>
    assert.deepEqual(await shown(80, (output) => eventLines(output, queued)), ["       8  2026-11-21 12:00:00Z  tasks.TaskQueued.v1", `          ${task}#0`, "          policy:publish-changes"]));

  it("breaks beside the branches of its tree, and keeps of a stream the end where there is less room", async () => {
    const [one, other] = branches([0, 1, 1]).slice(1);
    assert.deepEqual(await shown(80, (output) => [...eventLines(output, queued, one), ...eventLines(output, queued, other)]), [
      "       8  2026-11-21 12:00:00Z  ├─ tasks.TaskQueued.v1",
      "                                │     …sk-f76b1888-2bd7-867e-b556-fb86f338392a#0",
      "                                │     policy:publish-changes",
      "       8  2026-11-21 12:00:00Z  └─ tasks.TaskQueued.v1",
      "                                      …sk-f76b1888-2bd7-867e-b556-fb86f338392a#0",
      "                                      policy:publish-changes",
    ]);
  });
});
