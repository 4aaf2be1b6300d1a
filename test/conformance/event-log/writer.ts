import { newId } from "#commands/kernel/command-id.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { append, upTo } from "./harness.ts";

// Appends without end and prints each command when its append is acknowledged: to be killed. `node writer.ts sqlite FILE`
const [, , engine, location = ""] = process.argv;
const log = engine === "postgres" ? await openPostgresLog({ connect: { connectionString: location } }) : openSqliteLog(location);

await Promise.all(
  upTo(8).map(async (index) => {
    const stream = `test.clock-${newId()}-${index}`;
    for (;;) {
      const commandId = newId();
      await append(log, stream, 3, "any", commandId);
      process.stdout.write(`${commandId}\n`);
    }
  }),
);
