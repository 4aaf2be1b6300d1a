import { setTimeout as sleep } from "node:timers/promises";
import { commandIdOf, newId } from "#commands/kernel/command-id.ts";
import { upTo } from "#test/conformance/event-log/harness.ts";
import { now } from "#test/faults/clock.ts";
import { openJournal } from "#test/faults/journal.ts";
import { type Random, randomOf } from "#test/faults/random.ts";
import { post } from "./post.ts";
import { ending, Served, settingOf } from "./setting.ts";
import { wishes } from "./wishes.ts";

// Clients of the API: each sends one command after the other, and the same one again to another process until it is answered.
const setting = settingOf(Served);
const { write } = openJournal(setting.journal);
const { signal } = ending();
const { wishOf, answered } = wishes(setting.repositories);

const work = async (by: string, random: Random): Promise<void> => {
  while (!signal.aborted) {
    await carryOut(by, random);
    await sleep(random.whole(0, setting.paceMs * 2));
  }
};

/** Some give up soon: they never learn what became of it. */
const carryOut = async (by: string, random: Random): Promise<void> => {
  const wish = wishOf(random);
  const idempotencyKey = newId();
  const commandId = commandIdOf(`token:${setting.tokenId}`, wish.mutation, idempotencyKey);
  const patience = random.chance(0.1) ? 1 : 60;
  write({ type: "asked", by, at: now(), commandId, marker: wish.marker, events: 1, exact: null });
  for (let tries = 1; tries <= patience; tries++) {
    const answer = await post(random.pick(setting.urls), setting.token, { ...wish, input: { ...wish.input, idempotencyKey } });
    const at = now();
    if (answer.kind === "acknowledged") {
      answered(wish);
      return write({ type: "acknowledged", commandId, at, tries, ...answer.receipt });
    }
    if (answer.kind === "refused") return write({ type: "refused", commandId, at, code: answer.code });
    write({ type: "failed", commandId, at, code: answer.code });
    await sleep(random.whole(50, 400));
  }
};

await Promise.all(upTo(setting.writers).map((index) => work(`${setting.name}/${index}`, randomOf(setting.seed + index))));
process.exit(0);
