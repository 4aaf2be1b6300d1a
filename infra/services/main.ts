import { CannotStart } from "#infra/cannot-start.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { alone } from "./alone.ts";
import { hasChoices } from "./choices.ts";
import type { Service } from "./service.ts";
import { type Services, services } from "./services.ts";
import { json, table } from "./table.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs one command; throws `CannotStart` with what its user can mend. */
const run = async (given: Arguments): Promise<void> => {
  const { action, data } = given;
  if (action !== "up" && !hasChoices(data)) throw new CannotStart(`nothing was started in ${data}: npm run services -- up`);
  const all = await services({ ...given, tell: (line) => process.stderr.write(`${line}\n`) });
  if (action === "up") return alone(data, () => up(all, given));
  if (action === "down") return alone(data, () => down(all));
  if (action === "status") return say(given.json ? json(all.all) : table(all.all));
  if (action === "env") return env(all);
  return alone(data, async () => {
    for (const service of named(all, given.names)) await service[action]();
  });
};

const up = async (all: Services, { data }: Arguments) => {
  const began = performance.now();
  await all.up(({ name, port, pid }, ran) => {
    say(`${name} ${ran ? "runs already" : `is up after ${((performance.now() - began) / 1000).toFixed(1)} s`}: 127.0.0.1:${port}, process ${pid}`);
  });
  const folder = data === "data/services" ? "" : ` --data ${data}`;
  say(`Next: eval "$(npm run -s services -- env${folder})"`);
};

const down = (all: Services) => all.down(({ name }, ran) => say(`${name} ${ran ? "is down" : "was down"}`));

const env = (all: Services) => {
  const lines = Object.entries(all.environment()).map(([name, value]) => `export ${name}='${value}'`);
  if (lines.length === 0) throw new CannotStart("no service is up: npm run services -- up");
  say(lines.join("\n"));
};

const named = (all: Services, names: readonly string[]): readonly Service[] =>
  names.map((name) => {
    const found = all.all.find((each) => each.name === name);
    if (!found) throw new CannotStart(`there is no service ${name}, only ${all.all.map((each) => each.name).join(", ")}`);
    return found;
  });

try {
  await run(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
