import { taskCodec } from "#domain/tasks/events.ts";
import { task } from "#domain/tasks/task.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import { runWorker } from "#commands/tasks/run-worker.ts";
import { openLeases } from "#infra/leases.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import { whileHolding } from "#projections/kernel/lease.ts";

/**
 * A process that works on the tasks of the log in this database; `sleeper` stops itself, as by SIGSTOP, in the middle of its first.
 * Says what came of each turn. Arguments: URL, name.
 */
const [url = "", name = ""] = process.argv.slice(2);
const connect = { connectionString: url };
const log = await openPostgresLog({ connect });
const leases = openLeases(connect, null);
const never = new AbortController().signal;
let asleep = name !== "sleeper";
await runWorker({
  name,
  log,
  tasks: aggregate(task, taskCodec, log),
  clock: Date.now,
  openAt: async () => ({ position: 0, tasks: [] }),
  alone: (subject, above, work) =>
    whileHolding({ leases, name: subject, owner: name, lifetimeMs: 3000, above }, never, (token, signal) => work({ token, signal })),
  jobs: {
    publication: async () => {
      if (!asleep) process.kill(process.pid, "SIGSTOP");
      asleep = true;
      return { by: name };
    },
  },
  report: ({ error }) => console.log(error instanceof Error ? error.message : "done"),
  signal: never,
});
