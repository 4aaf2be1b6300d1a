import assert from "node:assert/strict";
import type { Leases } from "#commands/ports/leases.ts";
import type { Deliveries } from "#test/support/deliveries/deliveries.ts";
import { eachWithReceiver } from "#test/support/deliveries/each.ts";
import type { Receiver } from "#test/support/deliveries/receiver.ts";
import { eventually } from "#test/support/projecting.ts";

/** So many that each of two deliverers has some. */
const webhooks = 30;

describe("A deliverer", () => {
  let world: Deliveries;
  let receiver: Receiver;
  eachWithReceiver((...opened) => ([world, receiver] = opened));

  beforeEach(async () => {
    for (let count = 0; count < webhooks; count++) await world.create({ url: receiver.url });
  });
  const taken = (count: number) => eventually(async () => receiver.taken.length, (length) => length >= count);

  it("looks after all webhooks that others have with one question at a time, and asks nothing else", async () => {
    await using _ = world.deliver();
    await world.write(1);
    await taken(webhooks);
    const asked: string[] = [];
    const looks: number[] = [];
    const counted = (name: string) => void asked.push(name);
    const leases: Leases = {
      ...world.leases,
      acquire: (...given) => (counted("acquire"), world.leases.acquire(...given)),
      held: (names) => (looks.push(names.length), world.leases.held(names)),
    };
    const workers = { seen: () => (counted("seen"), world.workers.seen()), say: () => ({ changed: () => undefined, [Symbol.asyncDispose]: async () => undefined }) };
    await using _second = world.deliver({ leases, workers });
    await eventually(async () => looks.length, (length) => length >= 4);
    assert.deepEqual(asked, []);
    assert.equal(new Set(looks).size, 1);
    assert.ok((looks[0] ?? 0) > 1, `${webhooks} webhooks in one share`);
  });

  it("hands over to another that comes, and gets all back when that one leaves: no event is left out", async () => {
    await using _ = world.deliver();
    await world.write(1);
    await taken(webhooks);
    const second = world.deliver();
    const has = async (name: string) => Number.parseInt((await world.workers.seen()).find((one) => one.name === `deliverer of ${name}`)?.state ?? "0");
    await eventually(() => has("deliverer-2"), (count) => count > 0);
    await world.write(1);
    await taken(2 * webhooks);
    await second[Symbol.asyncDispose]();
    await world.write(1);
    await taken(3 * webhooks);
    assert.deepEqual(new Set(receiver.taken), new Set(await world.positions()));
  });
});
