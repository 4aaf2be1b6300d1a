import assert from "node:assert/strict";
import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import { startPostgres } from "#test/support/postgres.ts";
import { eventually, patience, rowsOf, runner } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";
import { counted, sumsOf, tally } from "#test/support/tally.ts";

describe("While PostgreSQL is away", () => {
  it("a projection waits, and goes on by itself when it is back", async () => {
    await using server = await startPostgres();
    const pool = openPool({ connectionString: server.url });
    const database = databaseOver(pool);
    const log = scriptedLog();
    try {
      await using models = runner({ database, log }, [tally()], { limit: 10 });
      log.write(...Array.from({ length: 25 }, (_, index) => counted("a", index)));
      await models.reached("tally", 25, patience);
      await server.kill();
      log.write(...Array.from({ length: 25 }, (_, index) => counted("b", index)));
      assert.deepEqual(await models.reached("tally", 50, 200), { position: 25, stale: true });
      await server.start();
      await eventually(() => models.reached("tally", 50, 1000), ({ stale }) => !stale);
      assert.deepEqual(await rowsOf(database, "tally.sums"), sumsOf(log.events));
    } finally {
      await pool.end();
    }
  });
});
