import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import { breaking, breakPoints } from "./breaking.ts";
import { history } from "./history.ts";
import { patience, runner } from "./projecting.ts";
import { tally } from "./tally.ts";

/** Runs the tally until the third batch of this process, and dies there. Arguments: URL, owner, break point. */
const [url = "", owner = "", point = ""] = process.argv.slice(2);
const { database, next } = breaking(databaseOver(openPool({ connectionString: url })), () => {
  process.kill(process.pid, "SIGKILL");
  throw new Error("killed");
});
let batches = 0;
const counting = tally({
  apply: (batch, sql) => {
    if (++batches === 3) next(breakPoints.find((known) => known === point) ?? "in work");
    return tally().apply(batch, sql);
  },
});
await runner({ database, log: history() }, [counting], { owner, limit: 10 }).reached("tally", 300, patience);
