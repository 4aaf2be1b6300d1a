import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { CloudEvent, HTTP } from "cloudevents";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { newSecretText, signingSecret } from "#commands/deliveries/signing-secret.ts";
import type { Deliveries } from "#test/support/deliveries/deliveries.ts";
import { eachWithReceiver } from "#test/support/deliveries/each.ts";
import { type Received, type Receiver } from "#test/support/deliveries/receiver.ts";
import { eventually } from "#test/support/projecting.ts";

const plain = ({ headers }: Received) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** As a receiver that knows the public key alone would. */
const verifies = (publicKey: string, { headers, body }: Received): boolean => {
  const raw = Buffer.from(publicKey.slice("whpk_".length), "base64");
  const key = createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]), format: "der", type: "spki" });
  const signed = Buffer.from(`${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`);
  const signatures = String(headers["webhook-signature"]).split(" ").filter((one) => one.startsWith("v1a,"));
  return signatures.some((one) => verify(null, signed, key, Buffer.from(one.slice(4), "base64")));
};

describe("What is delivered", () => {
  let world: Deliveries;
  let receiver: Receiver;
  eachWithReceiver((...opened) => ([world, receiver] = opened));

  const firstOf = async (count = 1): Promise<Received> => {
    const received = await eventually(async () => receiver.received, ({ length }) => length >= count);
    return received[count - 1] ?? assert.fail("nothing came");
  };

  /** The first of what is sent from now on that has so many signatures: a deliverer hears of a change a moment later. */
  const nextWith = async (signatures: number): Promise<Received> => {
    const before = receiver.received.length;
    const sent = async () => {
      await world.write(1);
      return receiver.received.slice(before).find(({ headers }) => String(headers["webhook-signature"]).split(" ").length === signatures);
    };
    return (await eventually(sent, (one) => one !== undefined)) ?? assert.fail("nothing came");
  };

  it("is verified by the libraries standardwebhooks and svix, and by them refused where a byte is changed", async () => {
    const { secret } = await world.create({ url: receiver.url });
    await world.write(1);
    await using _ = world.deliver();
    const one = await firstOf();
    for (const library of [new Standard(secret), new Svix(secret)]) {
      assert.doesNotThrow(() => library.verify(one.body, plain(one)));
      assert.throws(() => library.verify(one.body.replace("subject-1", "subject-2"), plain(one)));
      assert.throws(() => library.verify(one.body, { ...plain(one), "webhook-id": "another" }));
    }
  });

  it("is a CloudEvent to the library cloudevents, with position and causation inside", async () => {
    await world.create({ url: receiver.url });
    await world.write(1);
    await using _ = world.deliver();
    const one = await firstOf();
    const [stored] = (await world.log.readAll({ after: 0, limit: 10, types: ["tasks.TaskQueued.v1"] })).events;
    const found = HTTP.toEvent({ headers: plain(one), body: one.body });
    assert.ok(found instanceof CloudEvent && found.validate());
    assert.deepEqual(
      [found.id, found.type, found.subject, found.time, found["position"], found["commandid"], found["correlationid"], found.data],
      [stored?.id, stored?.type, stored?.stream, stored?.at, String(stored?.position), stored?.commandId, stored?.correlationId, stored?.data],
    );
    assert.equal(one.headers["webhook-id"], stored?.id);
  });

  it("is signed with Ed25519 for whoever shall know a public key only", async () => {
    const { secret, card } = await world.create({ url: receiver.url }, { algorithm: "ed25519" });
    await world.write(1);
    await using _ = world.deliver();
    assert.equal(secret, "");
    assert.ok(verifies(card.publicKey ?? "", await firstOf()));
  });

  it("is signed with both secrets while they are being changed, with the new one alone afterwards", async () => {
    const { id, secret } = await world.create({ url: receiver.url });
    await using _ = world.deliver();
    const rotated = await world.commands.rotateWebhookSecret({ webhook: id, secret: newSecretText("hmac-sha256"), algorithm: "hmac-sha256", overlapSeconds: 600 }, world.asked());
    assert.ok("card" in rotated);
    const both = await nextWith(2);
    const kept = (await world.secrets.read(rotated.card.id)) ?? "";
    for (const one of [secret, kept]) new Standard(one).verify(both.body, plain(both));

    await world.commands.rotateWebhookSecret({ webhook: id, secret: kept, algorithm: "hmac-sha256", overlapSeconds: 0 }, world.asked());
    const last = await nextWith(1);
    assert.throws(() => new Standard(secret).verify(last.body, plain(last)));
  });

  it("tells nobody outside of tokens and of the URLs of others", async () => {
    await world.create({ url: receiver.url, filter: { types: ["deliveries.*"] } });
    await world.create({ url: `${receiver.url}/of-another` });
    await using _ = world.deliver();
    const { body } = await firstOf();
    assert.ok(!body.includes("of-another") && body.includes("withheld"), body);
  });
});

const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString("base64");

describe("A signing secret", () => {
  it("is taken in the forms of Standard Webhooks only", () => {
    const taken = [`whsec_${base64(24)}`, `whsec_${base64(64)}`, `whsk_${base64(32)}`, `whsk_${base64(64)}\n`];
    const refused = ["", "whsec_", `whsec_${base64(23)}`, `whsec_${base64(65)}`, `whsk_${base64(31)}`, `whpk_${base64(32)}`, base64(32), "whsec_%%%%"];
    assert.deepEqual(taken.map((text) => signingSecret(text) !== null), taken.map(() => true));
    assert.deepEqual(refused.map((text) => signingSecret(text)), refused.map(() => null));
  });

  it("tells nothing of itself but a fingerprint, of a key pair the public half too", () => {
    const hmac = signingSecret(newSecretText("hmac-sha256"))?.card("0192f0c4-0000-8000-8000-000000000001");
    const pair = signingSecret(newSecretText("ed25519"))?.card("0192f0c4-0000-8000-8000-000000000001");
    assert.match(hmac?.fingerprint ?? "", /^[0-9a-f]{8}$/);
    assert.equal(hmac?.publicKey, null);
    assert.match(pair?.publicKey ?? "", /^whpk_[A-Za-z0-9+/]{43}=$/);
  });
});
