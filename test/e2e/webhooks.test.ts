import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { randomOf } from "#test/faults/random.ts";
import { sharedEngineName } from "#test/support/engine.ts";
import { type Behave, openReceiver, type Receiver, takes } from "#test/support/deliveries/receiver.ts";
import { ask } from "#test/support/graphql.ts";
import { type Installation, newInstallation, type Served } from "#test/support/installation.ts";
import { eventually } from "#test/support/projecting.ts";

const settings = { WAYBILL_WEBHOOK_ALLOW: "127.0.0.0/8", WAYBILL_WEBHOOK_RETRY_MS: "20", WAYBILL_WEBHOOK_TIMEOUT_MS: "400" };
const create = `mutation ($url: String!) { createWebhook(input: { url: $url, filter: "type=trust.TargetsAdded" }) { webhookId } }`;
const add = `mutation ($targets: [TargetInput!]!) { addTargets(input: { repository: "demo", targets: $targets, publish: false }) { receipt { position } } }`;
const Progress = z.object({ webhooks: z.object({ edges: z.array(z.object({ node: z.object({ progress: z.object({ position: z.int() }).nullable() }) })) }) });
const Added = z.object({ addTargets: z.object({ receipt: z.object({ position: z.int() }) }) });

/** A minute shows more: WEBHOOKS_HOSTILE_SECONDS=60. */
const hostileMs = 1000 * Number(process.env["WEBHOOKS_HOSTILE_SECONDS"] ?? 15);

/** The same again: WEBHOOKS_SEED, from the title of the suite. */
const seed = Number(process.env["WEBHOOKS_SEED"] ?? randomInt(2 ** 31));
const random = randomOf(seed);

/** Half of the time an error, and now and then everything else that can go wrong. */
const misbehaves: Behave = (one, response) => {
  const dice = random.next();
  if (dice < 0.5) response.writeHead(500).end();
  else if (dice < 0.53) response.socket?.resetAndDestroy();
  else if (dice < 0.56) response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
  else if (dice < 0.58) response.writeHead(503, { "retry-after": "0" }).end();
  else if (dice < 0.59) {
    response.writeHead(500);
    dribbles(response, () => response.write("."));
  } else if (dice < 0.6) dribbles(response, () => response.writeProcessing());
  else if (dice > 0.98) return takesWithoutAnAnswer(response);
  else if (dice >= 0.61) return takes(one, response);
  // What is left hangs.
  return false;
};

const dribbles = (response: ServerResponse, drip: () => void): void => {
  const timer = setInterval(drip, 50);
  response.once("close", () => clearInterval(timer));
};

/** It has the event, but the deliverer does not hear of it. */
const takesWithoutAnAnswer = (response: ServerResponse): boolean => {
  response.socket?.resetAndDestroy();
  return true;
};

describe(`Webhooks on ${sharedEngineName}, while their receivers fail and deliverers are killed (seed ${seed})`, () => {
  let installation: Installation;
  let api: Served;
  const receivers: Receiver[] = [];
  let deliverers: Served[] = [];
  const recorded: number[] = [];

  before(async () => {
    installation = await newInstallation();
    api = await installation.serve("api,projector,worker", settings);
    deliverers = await Promise.all([1, 2].map(() => installation.serve("deliverer", settings)));
    await ask(api, `mutation { bootstrapRepository(input: { repository: "demo", bins: 2 }) { receipt { position } } }`, {}, z.unknown());
    for (let count = 0; count < 4; count++) {
      const receiver = await openReceiver();
      receiver.behaves(misbehaves);
      receivers.push(receiver);
      await ask(api, create, { url: receiver.url }, z.unknown());
    }
  });
  after(async () => {
    for (const receiver of receivers) await receiver[Symbol.asyncDispose]();
    await installation[Symbol.asyncDispose]();
  });

  it("bring every event to every receiver in the end, in order, twice only under the same id", async () => {
    const over = Date.now() + hostileMs;
    const writing = (async () => {
      for (let nth = 0; Date.now() < over; nth++) {
        const targets = [{ path: `file-${nth}`, length: nth, sha256: "ab".repeat(32) }];
        recorded.push((await ask(api, add, { targets }, Added)).addTargets.receipt.position);
        await sleep(30);
      }
    })();
    while (Date.now() < over) {
      await sleep(2500);
      const [oldest, ...others] = deliverers;
      await oldest?.kill("SIGKILL");
      deliverers = [...others, await installation.serve("deliverer", settings)];
    }
    await writing;
    for (const receiver of receivers) receiver.behaves(takes);
    for (const receiver of receivers) {
      await eventually(async () => new Set(receiver.taken).size, (size) => size >= recorded.length);
      // As they came for the first time: exactly the log.
      assert.deepEqual([...new Set(receiver.taken)], recorded);
      const bodies = new Map<string, Set<string>>();
      for (const { id, body } of receiver.received) bodies.set(id, (bodies.get(id) ?? new Set()).add(body));
      assert.equal(bodies.size, recorded.length);
      for (const [id, of] of bodies) assert.equal(of.size, 1, id);
    }
  });

  it("are given away in order when a deliverer is stopped", async () => {
    // What was taken without an answer comes once more, until it is known to have been taken.
    const progress = async () => (await ask(api, "{ webhooks { edges { node { progress { position } } } } }", {}, Progress)).webhooks.edges;
    await eventually(progress, (all) => all.every(({ node }) => (node.progress?.position ?? 0) >= (recorded.at(-1) ?? 0)));
    for (const receiver of receivers) receiver.received.length = 0;
    const [first, ...others] = deliverers;
    assert.equal(await first?.kill("SIGTERM"), 0, first?.output());
    deliverers = others;
    const { addTargets } = await ask(api, add, { targets: [{ path: "last", length: 1, sha256: "ab".repeat(32) }] }, Added);
    for (const receiver of receivers) await eventually(async () => receiver.taken.at(-1), (position) => position === addTargets.receipt.position);
    for (const receiver of receivers) assert.equal(receiver.received.length, 1);
  });
});
