import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "#commands/ports/event-log.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { lastSeen, openJournal } from "#test/faults/journal.ts";
import { randomOf } from "#test/faults/random.ts";
import { openSharedLog } from "./open-log.ts";
import { ending, Setting, settingOf } from "./setting.ts";

// A reader over the port itself: a subscription for a while, then pages of readAll, then a subscription again.
const setting = settingOf(Setting);
const random = randomOf(setting.seed);
const { until } = ending();
const { write } = openJournal(setting.journal);
const by = setting.name;

let position = lastSeen(setting.journal);
const log = await openSharedLog();

const take = (page: Page) => {
  for (const { id, stream, revision, position } of page.events) write({ type: "saw", by, position, id, stream, revision });
  position = page.position;
};

const subscribe = async (): Promise<void> => {
  const signal = AbortSignal.timeout(random.whole(1000, 5000));
  for await (const page of log.subscribe({ after: position, limit: random.whole(1, 200), signal })) {
    take(page);
    if (position >= until()) return;
  }
};

const readPages = async (): Promise<void> => {
  for (let pages = random.whole(1, 50); pages > 0 && position < until(); pages--) {
    const page = await log.readAll({ after: position, limit: random.whole(1, 200) });
    take(page);
    if (page.caughtUp) await sleep(50);
  }
};

while (position < until())
  await (random.chance(0.5) ? subscribe() : readPages()).catch(async (error: unknown) => {
    if (!(error instanceof Unavailable)) throw error;
    await sleep(100);
  });
process.exit(0);
