import { newId } from "#commands/kernel/command-id.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { append, upTo } from "./harness.ts";

// Appends without end and prints each command when its append is acknowledged: to be killed. `node writer.ts OPENER LOCATION`
const [, , opener = "", location = ""] = process.argv;
// What a module is that is named at run time, nobody can know before: `Store.elsewhere` says that it opens a log.
const { open } = (await import(opener)) as { readonly open: (location: string) => Promise<EventLog> };
const log = await open(location);

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
