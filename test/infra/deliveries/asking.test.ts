import assert from "node:assert/strict";
import { deliveriesCodec, endpointStream } from "#domain/deliveries/events.ts";
import type { Deliveries } from "#test/support/deliveries/deliveries.ts";
import { eachWithReceiver } from "#test/support/deliveries/each.ts";
import type { Receiver } from "#test/support/deliveries/receiver.ts";
import { eventually } from "#test/support/projecting.ts";

describe("Somebody who asks for deliveries", () => {
  let world: Deliveries;
  let receiver: Receiver;
  eachWithReceiver((...opened) => ([world, receiver] = opened));

  const taken = (count: number) => eventually(async () => receiver.taken.length, (length) => length >= count);

  it("gets everything behind a position again, in order, under the same ids, and then what comes", async () => {
    const { id } = await world.create({ url: receiver.url });
    await world.write(10);
    await using _ = world.deliver();
    await taken(10);
    const positions = await world.positions();
    await world.commands.replayWebhook({ webhook: id, after: positions[5] ?? 0, rate: null }, world.asked());
    await taken(14);
    await world.write(1);
    await taken(15);
    assert.deepEqual(receiver.taken, [...positions, ...positions.slice(6), (await world.positions()).at(-1)]);
    assert.equal(new Set(receiver.received.map((one) => one.id)).size, 11);
  });

  it("gets a replay no faster than was asked for", async () => {
    const { id } = await world.create({ url: receiver.url });
    await world.write(5);
    await using _ = world.deliver();
    await taken(5);
    await world.commands.replayWebhook({ webhook: id, after: 0, rate: 10 }, world.asked());
    // As the deliverer saw it: the receiver may be late to look at a clock.
    const sent = () => world.rows<{ at: string }>("select at from deliveries.attempts order by id");
    const again = (await eventually(sent, ({ length }) => length === 10)).slice(5).map(({ at }) => Date.parse(at));
    assert.ok((again[4] ?? 0) - (again[0] ?? 0) >= 350);
  });

  it("sends a real event as a test, whatever the filter and although disabled, under an id of its own", async () => {
    const { id } = await world.create({ url: receiver.url, filter: { types: ["trust.*"] } });
    await world.write(1);
    await world.commands.disableWebhook({ webhook: id }, world.asked());
    await world.settled();
    await using _ = world.deliver();
    const [position = 0] = await world.positions();
    const asked = await world.commands.requestDelivery({ webhook: id, kind: "test", position }, world.asked());
    await taken(1);
    assert.ok("request" in asked);
    assert.equal(receiver.received[0]?.id, `test_${asked.request}`);
    const rows = () => world.rows<{ kind: string; status: number }>("select kind, status from deliveries.attempts where request = $1", asked.request);
    assert.deepEqual(await eventually(rows, ({ length }) => length === 1), [{ kind: "test", status: 204 }]);
  });

  it("changes where and what is sent, from the next event on", async () => {
    const { id } = await world.create({ url: "http://127.0.0.1:9/nobody" });
    await using _ = world.deliver();
    await world.write(2);
    await eventually(() => world.rows("select 1 from deliveries.attempts where outcome = 'failed'").catch(() => []), ({ length }) => length > 0);
    await world.commands.changeWebhook({ webhook: id, changes: { url: receiver.url } }, world.asked());
    await taken(2);
    assert.deepEqual(receiver.taken, await world.positions());
  });

  it("leaves no secret behind with a webhook that is deleted", async () => {
    const { id, card } = await world.create({ url: receiver.url });
    assert.notEqual(await world.secrets.read(card.id), null);
    await world.commands.deleteWebhook({ webhook: id }, world.asked());
    assert.equal(await world.secrets.read(card.id), null);
    await world.settled();
    assert.deepEqual(await world.rows("select 1 from webhooks.endpoints"), []);
    assert.ok("refused" in (await world.commands.enableWebhook({ webhook: id }, world.asked())));
  });

  it("does not get history again when the database was lost", async () => {
    const { id } = await world.create({ url: receiver.url });
    await world.write(5);
    {
      await using _ = world.deliver();
      await taken(5);
    }
    const head = await world.log.head();
    await world.rows("truncate deliveries.cursors");
    const noted = deliveriesCodec.encode({ type: "CursorNoted", endpoint: id, position: head });
    await world.log.append(endpointStream(id), [{ id: crypto.randomUUID(), ...noted }], { expected: "any", cause: world.asked() });
    await world.settled();
    await using _ = world.deliver();
    await world.write(1);
    await taken(6);
    assert.equal(receiver.taken.length, 6);
  });

  it("is served by one process at a time, whichever are alive", async () => {
    await world.create({ url: receiver.url });
    await world.write(100);
    const deliverers = [world.deliver(), world.deliver(), world.deliver()];
    await taken(100);
    for (const one of deliverers) {
      await world.write(50);
      await one[Symbol.asyncDispose]();
    }
    await using _ = world.deliver();
    await taken(250);
    assert.deepEqual(receiver.taken, await world.positions());
  });
});
