import assert from "node:assert/strict";
import type { Deliveries } from "#test/support/deliveries/deliveries.ts";
import { eachWithReceiver } from "#test/support/deliveries/each.ts";
import { answers, type Receiver, takes } from "#test/support/deliveries/receiver.ts";
import { eventually } from "#test/support/projecting.ts";

describe("Deliveries to webhooks", () => {
  let world: Deliveries;
  let receiver: Receiver;
  eachWithReceiver((...opened) => ([world, receiver] = opened));

  const taken = (count: number) => eventually(async () => receiver.taken.length, (length) => length >= count);

  it("send what was there and what comes, what fits the filter, in order", async () => {
    await world.write(300);
    await world.create({ url: receiver.url });
    await using _ = world.deliver();
    await taken(300);
    await world.write(20);
    await taken(320);
    assert.deepEqual(receiver.taken, await world.positions());
    assert.deepEqual(world.failures, []);
  });

  it("send an event again under the same id until it is taken, and nothing behind it before", async () => {
    await world.create({ url: receiver.url });
    let tries = 0;
    receiver.behaves((one, response) => answers(++tries % 3 === 0 ? 200 : 500)(one, response));
    await using _ = world.deliver();
    await world.write(5);
    await taken(5);
    assert.deepEqual(receiver.taken, await world.positions());
    const ids = receiver.received.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)].flatMap((id) => [id, id, id]));
  });

  it("go on after a restart where they were, with what is known of attempts", async () => {
    const { id } = await world.create({ url: receiver.url });
    await world.write(10);
    {
      await using _ = world.deliver();
      await taken(10);
    }
    await world.write(10);
    await using _ = world.deliver();
    await taken(20);
    assert.deepEqual(receiver.taken, await world.positions());
    const [row] = await eventually(() => world.rows<{ count: number }>("select count(*)::int as count from deliveries.attempts where endpoint = $1 and outcome = 'delivered'", id), ([one]) => one?.count === 20);
    assert.equal(row?.count, 20);
  });

  it("end with 410, and go on when enabled again", async () => {
    const { id } = await world.create({ url: receiver.url });
    receiver.behaves(answers(410, {}, "gone for good"));
    await world.settled();
    await using _ = world.deliver();
    await world.write(3);
    const state = () => world.rows<{ reason: string | null }>("select disabled_reason as reason from webhooks.endpoints");
    await eventually(state, ([row]) => row?.reason === "gone");
    assert.equal(receiver.received.length, 1);
    receiver.behaves(takes);
    await world.commands.enableWebhook({ webhook: id }, world.asked());
    await taken(3);
    assert.deepEqual(receiver.taken, await world.positions());
  });
});
