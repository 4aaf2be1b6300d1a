import { openLeases } from "#infra/leases.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import { openRedis } from "#infra/redis/redis.ts";
import { runner } from "./projecting.ts";
import { countedOf, tally } from "./tally.ts";

/**
 * A process that runs the tally over the log in this database, against others that do the same, and signs what it writes. It stops
 * itself, as by SIGSTOP, at events of the key `stop-<owner>`, before it writes them. Arguments: URL of PostgreSQL, owner, and URL
 * and prefix of a Redis.
 */
const [url = "", owner = "", redisUrl = "", prefix = ""] = process.argv.slice(2);
const connect = { connectionString: url };
const redis = redisUrl === "" ? null : openRedis({ url: redisUrl, prefix });
const signing = tally({
  tables: `${tally().tables}; create table writers (nth bigint generated always as identity, who text, events int)`,
  decode: countedOf,
  apply: async (batch, sql) => {
    if (batch.some(({ key }) => key === `stop-${owner}`)) process.kill(process.pid, "SIGSTOP");
    await tally().apply(batch, sql);
    await sql.query({ text: "insert into writers (who, events) values ($1, $2)", values: [owner, batch.length] });
  },
});
runner({ database: databaseOver(openPool(connect)), log: await openPostgresLog({ connect }), leases: openLeases(connect, redis) }, [signing], { owner });
