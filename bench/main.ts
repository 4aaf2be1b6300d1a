import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { benchDeliveries } from "./deliveries.ts";
import { benchEngines } from "./engines.ts";
import { benchGraph } from "./graph.ts";
import { benchGraphql } from "./graphql.ts";
import { benchImport } from "./import.ts";
import { benchAuditVerify } from "./audit-verify.ts";
import { benchLedger } from "./ledger.ts";
import { benchLog } from "./log.ts";
import { benchProjection } from "./projection.ts";
import { benchPublication } from "./publication.ts";
import { benchReplay } from "./replay.ts";
import type { Row } from "./rows.ts";
import { tufFilesBench } from "./tuf-files.ts";

const benches: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  log: benchLog,
  engines: benchEngines,
  projection: benchProjection,
  ledger: benchLedger,
  "audit-verify": benchAuditVerify,
  replay: benchReplay,
  publication: benchPublication,
  import: benchImport,
  graph: benchGraph,
  graphql: benchGraphql,
  deliveries: benchDeliveries,
  "tuf-files": tufFilesBench,
};

const shown = ({ name, value, unit, goal, versus }: Row) => ({
  figure: name,
  value: `${value.toLocaleString("en", { maximumSignificantDigits: 4 })} ${unit}`,
  goal: goal ?? "",
  beside: versus ? `${versus.ratio.toFixed(2)} × ${versus.name} (${Math.round(versus.value).toLocaleString("en")})` : "",
});

/** All of them, or those that are named: `npm run bench -- log graphql`. Each neighbour is measured in the same run as ours. */
const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in benches));
if (unknown.length > 0) throw new Error(`no bench ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}`);

const results: Record<string, readonly Row[]> = {};
for (const [name, bench] of Object.entries(benches))
  if (named.length === 0 || named.includes(name)) {
    process.stderr.write(`${name} …\n`);
    results[name] = await bench();
    console.table(results[name].map(shown));
  }
writeFileSync(
  new URL("results.json", import.meta.url),
  `${JSON.stringify({ at: new Date().toISOString(), node: process.version, cpus: cpus().map(({ model }) => model), results }, null, 1)}\n`,
);
process.exit(0);
