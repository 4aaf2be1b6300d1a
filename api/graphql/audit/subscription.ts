import { z } from "zod";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { Unauthenticated } from "#api/access/unauthenticated.ts";
import { builder } from "#api/graphql/builder.ts";
import type { Context } from "#api/graphql/context.ts";
import { following } from "#api/graphql/following.ts";
import { Line } from "#api/graphql/input/text.ts";
import { Event, EventTypes } from "./event.ts";

interface Wanted {
  readonly after?: number | null | undefined;
  readonly stream?: string | null | undefined;
  readonly type?: string | null | undefined;
}

const matches = ({ stream, type }: Wanted) => {
  const beginning = type?.endsWith("*") === true ? type.slice(0, -1) : null;
  return (event: StoredEvent): boolean =>
    (typeof stream !== "string" || event.stream === stream) && (beginning === null || event.type.startsWith(beginning));
};

const eventsAfter = async function* (context: Context, wanted: Wanted, signal: AbortSignal) {
  const { log } = context.application;
  const after = wanted.after ?? context.after ?? (await log.head());
  const types = typeof wanted.type === "string" && !wanted.type.endsWith("*") ? [wanted.type] : undefined;
  const isWanted = matches(wanted);
  for await (const page of log.subscribe({ after, types, signal, limit: 200 })) {
    if (!(await context.stillAllowed())) throw new Unauthenticated();
    yield* page.events.filter(isWanted);
  }
};

builder.subscriptionField("events", (t) =>
  t.field({
    type: Event,
    description:
      "Every event behind `after`, in order, each once, first those that are there and then each as it comes. Go on with the position of the last one that you have seen. Absent: only what comes from now on.",
    args: {
      after: t.arg({ type: "Position" }),
      stream: t.arg.string(),
      type: t.arg.string({ description: "A type, or the beginning of some with a * behind it: `trust.*`." }),
    },
    validate: z.looseObject({ stream: Line(300).nullish(), type: EventTypes.nullish() }),
    subscribe: (_root, args, context) => following(context.signal(), (signal) => eventsAfter(context, args, signal)),
    resolve: (event) => event,
  }),
);
