import assert from "node:assert/strict";
import { usualPatience } from "#domain/deliveries/retry.ts";
import type { Deliveries } from "#test/support/deliveries/deliveries.ts";
import { eachWithReceiver } from "#test/support/deliveries/each.ts";
import { answers, type Behave, openReceiver, type Receiver, takes } from "#test/support/deliveries/receiver.ts";
import { eventually } from "#test/support/projecting.ts";

const resets: Behave = (_, response) => {
  response.socket?.resetAndDestroy();
  return false;
};
const hangs: Behave = () => false;
const dribbles: Behave = (_, response) => {
  response.writeHead(500);
  const timer = setInterval(() => response.write("."), 20);
  response.once("close", () => clearInterval(timer));
  return false;
};
const floods: Behave = (_, response) => {
  response.writeHead(500);
  for (let count = 0; count < 50; count++) response.write("x".repeat(100_000));
  response.end();
  return false;
};

describe("An endpoint that fails", () => {
  let world: Deliveries;
  let receiver: Receiver;
  eachWithReceiver((...opened) => ([world, receiver] = opened));

  const taken = (count: number) => eventually(async () => receiver.taken.length, (length) => length >= count);
  const attempts = () =>
    world.rows<{ status: number | null; outcome: string; error: string | null; response: string; next: string | null }>(
      "select status, outcome, error, response, next_at as next from deliveries.attempts order by id",
    );

  for (const [what, behave, error] of [
    ["resets", resets, /socket hang up|ECONNRESET/],
    ["hangs", hangs, /no answer within 1000 ms/],
    ["answers 500", answers(500, {}, "broken"), /HTTP 500/],
    ["redirects", answers(302, { location: "http://169.254.169.254/" }), /redirects are not followed/],
    ["dribbles an answer", dribbles, /HTTP 500/],
    ["floods", floods, /HTTP 500/],
  ] as const)
    it(`by what it does (it ${what}) gets the event until it takes it, and the log says why`, async () => {
      await world.create({ url: receiver.url });
      receiver.behaves((one, response) => (receiver.received.length <= 2 ? behave(one, response) : takes(one, response)));
      await using _ = world.deliver({ timeoutMs: 1000 });
      await world.write(3);
      await taken(3);
      assert.deepEqual(receiver.taken, await world.positions());
      const rows = await eventually(attempts, ({ length }) => length === 5);
      assert.deepEqual(rows.map(({ outcome }) => outcome), ["failed", "failed", "delivered", "delivered", "delivered"]);
      assert.match(rows[0]?.error ?? "", error);
      assert.ok((rows[0]?.response.length ?? 0) <= 4096 && rows[0]?.next !== null);
    });

  it("is waited for as long as its Retry-After asks", async () => {
    await world.create({ url: receiver.url });
    receiver.behaves((one, response) => (receiver.received.length === 1 ? answers(503, { "retry-after": "1" })(one, response) : takes(one, response)));
    await using _ = world.deliver();
    await world.write(1);
    await taken(1);
    const [first, second] = receiver.received;
    assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 950);
  });

  it("is disabled when it has taken nothing for long, and goes on at the same event when enabled", async () => {
    const { id } = await world.create({ url: receiver.url });
    receiver.behaves(answers(500));
    await world.settled();
    await using _ = world.deliver({ patience: { ...usualPatience, firstMs: 20, mostMs: 40, giveUpMs: 300 } });
    await world.write(2);
    const state = () => world.rows<{ reason: string | null; detail: string }>("select disabled_reason as reason, disabled_detail as detail from webhooks.endpoints");
    const [row] = await eventually(state, ([one]) => one?.reason === "failing");
    assert.equal(row?.detail, "HTTP 500");
    receiver.behaves(takes);
    await world.commands.enableWebhook({ webhook: id }, world.asked());
    await taken(2);
    assert.deepEqual(receiver.taken, await world.positions());
  });

  it("has an event put aside that it does not take in time, where it is made so, and gets it again by hand", async () => {
    const { id } = await world.create({ url: receiver.url, deadLetterAfter: 1 });
    let healed = false;
    receiver.behaves((one, response) => (one.body.includes("subject-2") && !healed ? answers(422)(one, response) : takes(one, response)));
    await world.settled();
    await using _ = world.deliver({ patience: { ...usualPatience, firstMs: 100, mostMs: 200 } });
    await world.write(3);
    await taken(2);
    const [first, second, third] = await world.positions();
    assert.deepEqual(receiver.taken, [first, third]);
    const [dead] = await eventually(() => world.rows<{ position: number; reason: string }>("select event_position as position, reason from webhooks.dead_letters"), ({ length }) => length === 1);
    assert.deepEqual([dead?.position, dead?.reason], [second, "HTTP 422"]);
    healed = true;
    await world.commands.requestDelivery({ webhook: id, kind: "resend", position: second ?? 0 }, world.asked());
    await taken(3);
    assert.deepEqual(receiver.taken, [first, third, second]);
    assert.equal(new Set(receiver.received.map((one) => one.id)).size, 3);
  });

  it("does not hold up another", async () => {
    await using slow = await openReceiver();
    slow.behaves(hangs);
    for (let count = 0; count < 50; count++) await world.create({ url: slow.url });
    await world.create({ url: receiver.url });
    await world.settled();
    await using _ = world.deliver({ timeoutMs: 60_000 });
    await world.write(50);
    await taken(50);
    assert.deepEqual(receiver.taken, await world.positions());
    assert.ok(slow.received.length <= 50);
  });
});
