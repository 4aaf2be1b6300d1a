import { randomUUID } from "node:crypto";
import { noLimits, type Store } from "#test/conformance/event-log/harness.ts";
import { interruptionConformance } from "#test/conformance/event-log/interruption.ts";
import { ownPort } from "#test/support/ports.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import { openProxy, type Proxy } from "#test/support/proxy.ts";
import { whenThere } from "#test/support/required.ts";
import { openNode } from "./opener.ts";
import { privateBroker, startable } from "./private-broker.ts";

whenThere("kafka", startable ? "of the test's own" : undefined, () =>
  describe("Kafka behind a line that can be cut", () => {
    const opened = new AsyncDisposableStack();
    let place: { readonly proxy: Proxy; readonly url: string };

    before(async () => {
      const port = await ownPort();
      const proxy = opened.use(await openProxy({ host: "127.0.0.1", port }));
      // It tells its clients to come through the proxy.
      opened.use(await privateBroker({ line: { port, advertised: proxy.port } }));
      place = { proxy, url: opened.use(await freshDatabase()).url };
    });
    after(() => opened.disposeAsync());

    const store = async (): Promise<Store> => {
      const { proxy, url } = place;
      const location = { brokers: [`127.0.0.1:${proxy.port}`], topic: `test-${randomUUID()}`, url };
      return {
        open: () => openNode(location),
        interrupt: async () => {
          proxy.become("cut");
          return { restore: async () => proxy.become("open") };
        },
        [Symbol.asyncDispose]: async () => undefined,
      };
    };

    interruptionConformance("kafka", { limits: noLimits, store });
  }),
);
