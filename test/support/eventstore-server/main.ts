import { createInterface } from "node:readline";
import { type Order, Options } from "./orders.ts";
import { startServer } from "./server.ts";

// The protocol server in a process of its own: `node main.ts OPTIONS`. Prints its port; then takes orders, one JSON per line, and
// answers each with a line.
const server = await startServer(Options.parse(JSON.parse(process.argv[2] ?? "{}")));
process.stdout.write(`${server.port}\n`);

const obey = ({ faults, disconnect, dropSubscriptions, members }: Order) => {
  Object.assign(server.faults, faults);
  if (disconnect) server.disconnect();
  if (dropSubscriptions) server.dropSubscriptions();
  if (members) server.setMembers(members);
};

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  // Written by test/support/eventstore.ts.
  obey(JSON.parse(line) as Order);
  process.stdout.write("done\n");
});
// Whoever started it is gone.
lines.on("close", () => process.exit(0));
