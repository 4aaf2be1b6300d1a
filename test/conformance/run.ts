import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Mocha from "mocha";
import { enrolled } from "./event-log/suite.ts";

// `npm run conformance -- ENGINE...`: the suite of the event log on these engines; on all that this machine has where none or `all`
// is named. Where each enrols:
const enrolment: Readonly<Record<string, string>> = {
  memory: "../infra/memory/event-log.test.ts",
  sqlite: "../infra/sqlite/event-log.test.ts",
  postgres: "../infra/postgres/event-log.test.ts",
  eventstoredb: "../infra/eventstore/event-log.test.ts",
  kafka: "../infra/kafka/event-log.test.ts",
};

interface Count {
  passed: number;
  failed: number;
}

/** The counts of each adapter that the engine's file enrols; none where the engine cannot run here. */
const conformance = async (engine: string): Promise<ReadonlyMap<string, Count>> => {
  const file = fileURLToPath(new URL(enrolment[engine] ?? "", import.meta.url));
  if (!existsSync(file)) return notHere(`there is no ${file}`);
  const others = new Set(enrolled.keys());
  const mocha = new Mocha({ timeout: 240_000, grep: / as an EventLog: (?!its own)/ });
  mocha.addFile(file);
  await mocha.loadFilesAsync();
  const adapters = [...enrolled.keys()].filter((adapter) => !others.has(adapter));
  if (adapters.length === 0) return notHere(mocha.suite.suites.map(({ title }) => title).join("; "));
  return counted(mocha, adapters);
};

const notHere = (why: string): ReadonlyMap<string, Count> => {
  console.log(why);
  return new Map();
};

const counted = async (mocha: Mocha, adapters: readonly string[]): Promise<ReadonlyMap<string, Count>> => {
  const counts = new Map(adapters.map((adapter): [string, Count] => [adapter, { passed: 0, failed: 0 }]));
  const count = (outcome: keyof Count) => (test: Mocha.Runnable) => {
    // What fails outside all suites is the first one's.
    const name = adapters.find((adapter) => test.titlePath()[0]?.startsWith(`${adapter} as an EventLog`)) ?? adapters[0] ?? "";
    const counted = counts.get(name);
    if (counted) counted[outcome]++;
  };
  const runner = mocha.run();
  runner.on("pass", count("passed"));
  runner.on("fail", count("failed"));
  await once(runner, "end");
  return counts;
};

const limitsOf = (adapter: string): string => {
  const limits = Object.entries(enrolled.get(adapter) ?? {}).filter(([, promised]) => !promised);
  return limits.length > 0 ? `does not promise ${limits.map(([limit]) => limit).join(", ")}` : "promises everything";
};

const named = process.argv.slice(2).filter((name) => name !== "all");
const unknown = named.filter((name) => !(name in enrolment));
if (unknown.length > 0) throw new Error(`no engine ${unknown.join(", ")}; there are ${Object.keys(enrolment).join(", ")}`);

const results: string[] = [];
let failures = 0;
for (const engine of named.length > 0 ? named : Object.keys(enrolment)) {
  const counts = await conformance(engine);
  if (counts.size === 0 && named.length > 0) results.push(`${engine}: 0 passed, ${++failures} failed`);
  for (const [adapter, { passed, failed }] of counts) {
    console.log(`${adapter} ${limitsOf(adapter)}`);
    results.push(`${adapter}: ${passed} passed, ${failed} failed`);
    failures += passed > 0 ? failed : 1;
  }
}
console.log(results.join("\n"));
process.exit(failures > 0 || results.length === 0 ? 1 : 0);
