import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { lastSeen, openJournal } from "#test/faults/journal.ts";
import { randomOf } from "#test/faults/random.ts";
import { subscribed } from "#test/support/graphql/subscribe.ts";
import { ending, Served, settingOf } from "./setting.ts";

// A subscriber of the API: goes on behind the last event that it has seen, at another process each time.
const setting = settingOf(Served);
const random = randomOf(setting.seed);
const ended = ending();
const { write } = openJournal(setting.journal);
const by = setting.name;
let position = lastSeen(setting.journal);

const Next = z.object({ data: z.object({ events: z.object({ position: z.int(), eventId: z.string(), stream: z.string(), revision: z.int() }) }) });
const query = "subscription ($after: Position) { events(after: $after) { position eventId stream revision } }";

/** Long enough without a word means that the process is gone, or stopped. */
const patienceMs = 4000;

const follow = async (url: string): Promise<void> => {
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  const most = setTimeout(leave, random.whole(2000, 10_000));
  let quiet = setTimeout(leave, patienceMs);
  try {
    for await (const message of subscribed({ url }, setting.token, { query, variables: { after: position } }, leaving.signal)) {
      const { eventId: id, ...event } = Next.parse(message).data.events;
      write({ type: "saw", by, id, ...event });
      ({ position } = event);
      if (position >= ended.until()) return;
      clearTimeout(quiet);
      quiet = setTimeout(leave, patienceMs);
    }
  } finally {
    clearTimeout(most);
    clearTimeout(quiet);
    leave();
  }
};

while (position < ended.until())
  // Whatever ends a subscription, it is begun again where it ended.
  await follow(random.pick(setting.urls)).catch(() => sleep(200));
process.exit(0);
