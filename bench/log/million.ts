import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { callersOf, rate } from "./load.ts";

// Fills a log with 1,000,000 events and dies without closing it: `million.ts FILE`
const log = openSqliteLog(process.argv[2] ?? "");
const load = { callers: 10, eventsPerAppend: 100, milliseconds: 500 };
const callers = callersOf(log, load.callers);
while ((await log.head()) < 1_000_000) await rate(callers, load);
process.kill(process.pid, "SIGKILL");
