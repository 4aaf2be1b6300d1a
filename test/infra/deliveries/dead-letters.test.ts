import assert from "node:assert/strict";
import { usualPatience } from "#domain/deliveries/retry.ts";
import { deadLettersPage } from "#projections/deliveries/queries.ts";
import type { Deliveries } from "#test/support/deliveries/deliveries.ts";
import { eachWithReceiver } from "#test/support/deliveries/each.ts";
import { answers, type Receiver, takes } from "#test/support/deliveries/receiver.ts";
import { eventually } from "#test/support/projecting.ts";

describe("A dead letter", () => {
  let world: Deliveries;
  let receiver: Receiver;
  eachWithReceiver((...opened) => ([world, receiver] = opened));

  const patience = { ...usualPatience, firstMs: 100, mostMs: 200 };
  const list = async (id: string) => (await deadLettersPage(world.database, id, { after: null, before: null, limit: 10, backward: false })).rows;
  const listed = (id: string, count: number) => eventually(() => list(id), ({ length }) => length === count);
  const refusing = () => receiver.behaves((one, response) => (one.body.includes("subject-2") ? answers(422)(one, response) : takes(one, response)));
  const resend = async (id: string, position: number) => {
    const asked = await world.commands.requestDelivery({ webhook: id, kind: "resend", position }, world.asked());
    if ("refused" in asked) throw new Error(asked.message);
    await world.settled();
    return asked;
  };
  /** An endpoint that has put the second of three events aside. */
  const withOne = async () => {
    const { id } = await world.create({ url: receiver.url, deadLetterAfter: 1 });
    refusing();
    await world.settled();
    const deliverer = world.deliver({ patience });
    await world.write(3);
    const [dead] = await listed(id, 1);
    await eventually(async () => receiver.taken.length, (taken) => taken === 2);
    return { id, position: dead?.position ?? 0, deliverer };
  };
  const of = (type: string) => world.log.readAll({ after: 0, limit: 1000, types: [type] }).then(({ events }) => events);

  it("is listed until a resend of it is taken, and says while one is under way; the delivery log keeps it", async () => {
    const { id, position, deliverer } = await withOne();
    const failed = await resend(id, position);
    await eventually(() => world.rows("select 1 from deliveries.attempts where request = $1", failed.request), ({ length }) => length === 1);
    assert.deepEqual((await list(id)).map(({ resending }) => resending), [false]);
    await deliverer[Symbol.asyncDispose]();
    await resend(id, position);
    assert.deepEqual((await list(id)).map(({ resending }) => resending), [true]);
    receiver.behaves(takes);
    await using _ = world.deliver({ patience });
    await listed(id, 0);
    assert.equal(receiver.taken.at(-1), position);
    const [taken, ...more] = await of("deliveries.ResendTaken.v1");
    assert.deepEqual([more, taken?.causationId], [[], (await of("deliveries.DeliveryRequested.v1"))[1]?.id]);
    assert.equal((await world.rows("select 1 from deliveries.attempts where outcome = 'dead'")).length, 1);
  });

  it("is one no more when a replay sends it again, and one again when that is not taken either", async () => {
    const { id, position, deliverer } = await withOne();
    await using _ = deliverer;
    const replay = async (after: number) => {
      await world.commands.replayWebhook({ webhook: id, after, rate: null }, world.asked());
      await world.settled();
    };
    await replay(position);
    assert.equal((await list(id)).length, 1);
    await replay(position - 1);
    assert.deepEqual(await list(id), []);
    await listed(id, 1);
    receiver.behaves(takes);
    await replay(position - 1);
    await eventually(async () => receiver.taken, (taken) => taken.includes(position));
    assert.deepEqual(await list(id), []);
  });
});
