import { z } from "zod";
import { feed, filterOf } from "#api/feeds/feed.ts";
import { type Filter, matcherOf } from "#domain/deliveries/filter.ts";
import { Unauthenticated } from "#api/access/unauthenticated.ts";
import { builder } from "#api/graphql/builder.ts";
import type { Context } from "#api/graphql/context.ts";
import { following } from "#api/graphql/following.ts";
import { FilterText } from "#api/graphql/input/filter.ts";
import { Line } from "#api/graphql/input/text.ts";
import { Event, EventTypes, filterText } from "./event.ts";

interface Wanted {
  readonly after?: number | null | undefined;
  readonly stream?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly filter?: string | null | undefined;
}

const eventsAfter = async function* (context: Context, wanted: Wanted, signal: AbortSignal) {
  const { log } = context.application;
  const after = wanted.after ?? context.after ?? (await log.head());
  const isWanted = matcherOf(named(wanted));
  for await (const page of feed(log, { after, filter: filterOf(wanted.filter), signal })) {
    if (!(await context.stillAllowed())) throw new Unauthenticated();
    yield* page.events.filter(isWanted);
  }
};

/** What `stream` and `type` say. */
const named = ({ stream, type }: Wanted): Filter => ({
  ...(typeof type === "string" ? { types: [type] } : {}),
  ...(typeof stream === "string" ? { streams: [stream] } : {}),
});

builder.subscriptionField("events", (t) =>
  t.field({
    type: Event,
    description:
      "Every event behind `after`, in order, each once, first those that are there and then each as it comes. Go on with the position of the last one that you have seen. Absent: only what comes from now on.",
    args: {
      after: t.arg({ type: "Position" }),
      stream: t.arg.string(),
      type: t.arg.string({ description: "A type, or the beginning of some with a * behind it: `trust.*`." }),
      filter: t.arg.string({ description: filterText }),
    },
    validate: z.looseObject({ stream: Line(300).nullish(), type: EventTypes.nullish(), filter: FilterText.nullish() }),
    subscribe: (_root, args, context) => following(context.signal(), (signal) => eventsAfter(context, args, signal)),
    resolve: (event) => event,
  }),
);
