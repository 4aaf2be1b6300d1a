import { randomUUID } from "node:crypto";
import { EventStoreDBClient, jsonEvent } from "@eventstore/db-client";
import { startProtocolServer } from "#test/support/eventstore.ts";
class Plain extends EventStoreDBClient { protected override supports = async () => false; }
await using server = await startProtocolServer();
const ev = () => jsonEvent({ id: randomUUID(), type: "test.Ticked.v1", data: { tick: 1, text: "x".repeat(200) }, metadata: { actor: "token:tester", commandId: randomUUID(), $correlationId: randomUUID() } });
for (const [name, client] of [["batch", EventStoreDBClient.connectionString(server.url)], ["plain", Plain.connectionString(server.url)]] as const) {
  const c = name === "plain" ? new Plain({ endpoint: { address: "127.0.0.1", port: server.port } }, { insecure: true }) : client;
  for (const [callers, size] of [[32, 1], [256, 1], [8, 100]] as const) {
    const end = performance.now() + 3000; let n = 0;
    await Promise.all(Array.from({ length: callers }, async (_, i) => {
      const s = `test-${name}-${callers}-${size}-${i}-${randomUUID()}`; let rev = -1;
      while (performance.now() < end) {
        const r = await c.appendToStream(s, Array.from({ length: size }, ev), { expectedRevision: rev < 0 ? "no_stream" : BigInt(rev) });
        rev = Number(r.nextExpectedRevision); n += size;
      }
    }));
    console.log(name, callers, size, Math.round(n / 3), "events/s", (process.cpuUsage().user/1e6).toFixed(1));
  }
}
process.exit(0);
