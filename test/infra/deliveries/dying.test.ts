import assert from "node:assert/strict";
import type { Deliveries } from "#test/support/deliveries/deliveries.ts";
import { eachWithReceiver } from "#test/support/deliveries/each.ts";
import { type Death, mortal } from "#test/support/deliveries/mortal.ts";
import { answers, type Behave, type Receiver, takes } from "#test/support/deliveries/receiver.ts";
import { eventually } from "#test/support/projecting.ts";

/** The first attempt of each event fails, the second one is taken. */
const takesAgain = (): Behave => {
  const seen = new Set<string>();
  return (one, response) => {
    if (seen.has(one.id)) return takes(one, response);
    seen.add(one.id);
    return answers(500)(one, response);
  };
};

describe("A deliverer that dies at any step", () => {
  let world: Deliveries;
  let receiver: Receiver;
  eachWithReceiver((...opened) => ([world, receiver] = opened));

  /** Lets one die at each step of its life in turn, its end included, until one has come through alive; that many steps it has. */
  const atEachStep = async (when: Death["when"], life: (one: ReturnType<typeof mortal>) => Promise<void>, afterlife: () => Promise<void>) => {
    for (let step = 1; ; step++) {
      const one = mortal(world, { step, when });
      await Promise.race([one.dead, life(one).then(one.end)]);
      if (!one.isDead()) return step - 1;
      await using _ = world.deliver({ workers: { ...world.workers, seen: async () => [] } });
      await afterlife();
    }
  };

  for (const when of ["before", "after"] as const) {
    it(`(${when} it is done) leaves nothing out, keeps the order, and repeats under the same id only`, async () => {
      await world.create({ url: receiver.url });
      await world.settled();
      let written = 0;
      const all = async () => void (await eventually(async () => new Set(receiver.taken).size, (size) => size === written));
      const life = async (one: ReturnType<typeof mortal>) => {
        receiver.behaves(one.meets(takesAgain()));
        written += 3;
        await world.write(3);
        await all();
      };
      const steps = await atEachStep(when, life, () => (receiver.behaves(takes), all()));
      assert.ok(steps > 15, `${steps} steps`);
      assert.deepEqual([...new Set(receiver.taken)], await world.positions());
      assert.equal(new Set(receiver.received.map(({ id }) => id)).size, written);
    });

    it(`(${when} it is done) says of each resend that was taken that it was, and says it once`, async () => {
      const { id } = await world.create({ url: receiver.url });
      await world.write(1);
      const [position = 0] = await world.positions();
      let asked = 0;
      const said = async () => (await world.log.readAll({ after: 0, limit: 10_000, types: ["deliveries.ResendTaken.v1"] })).events;
      const all = async () => void (await eventually(said, ({ length }) => length === asked));
      const life = async (one: ReturnType<typeof mortal>) => {
        receiver.behaves(one.meets(takes));
        asked++;
        await world.commands.requestDelivery({ webhook: id, kind: "resend", position }, world.asked());
        await world.settled();
        await all();
      };
      const steps = await atEachStep(when, life, () => (receiver.behaves(takes), all()));
      assert.ok(steps > 15, `${steps} steps`);
      assert.equal(new Set((await said()).map(({ data }) => data["request"])).size, asked);
      assert.deepEqual(new Set(receiver.taken), new Set([position]));
    });

    it(`(${when} it is done) does not forget that an endpoint said 410, and says it once`, async () => {
      const { id } = await world.create({ url: receiver.url });
      await world.settled();
      const gone = () => world.rows<{ enabled: boolean }>("select enabled from webhooks.endpoints where not enabled");
      const disabled = async () => void (await eventually(gone, ({ length }) => length === 1));
      let lives = 0;
      const life = async (one: ReturnType<typeof mortal>) => {
        lives++;
        receiver.behaves(one.meets(answers(410)));
        await world.write(1);
        await disabled();
      };
      const afterlife = async () => {
        receiver.behaves(answers(410));
        await disabled();
        receiver.behaves(takes);
        await world.commands.enableWebhook({ webhook: id }, world.asked());
        await eventually(async () => new Set(receiver.taken).size, (size) => size === lives);
      };
      const steps = await atEachStep(when, life, afterlife);
      assert.ok(steps > 15, `${steps} steps`);
      const said = (await world.log.readAll({ after: 0, limit: 10_000, types: ["deliveries.EndpointDisabled.v1"] })).events;
      assert.equal(said.length, lives);
      assert.deepEqual([...new Set(receiver.taken)], (await world.positions()).slice(0, -1));
    });
  }
});
