import { z } from "zod";
import { Event, filterText } from "#api/graphql/audit/event.ts";
import { builder } from "#api/graphql/builder.ts";
import { shown } from "#api/graphql/context.ts";
import { FilterText } from "#api/graphql/input/filter.ts";
import { filterOf } from "#api/feeds/feed.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { countEvents, positionBefore, scanEvents } from "#projections/audit/scan.ts";

/** Events that a preview looks into, at most. */
const most = 20_000;
const examples = 10;

interface Preview {
  readonly after: number;
  readonly count: number;
  readonly exact: boolean;
  readonly newest: readonly StoredEvent[];
}

const Preview = builder.objectRef<Preview>("WebhookPreview").implement({
  description: "What a filter finds among the events that there are.",
  fields: (t) => ({
    after: t.expose("after", { type: "Position", description: "Events behind this position were counted." }),
    count: t.exposeInt("count", { description: "How many fit." }),
    exact: t.exposeBoolean("exact", { description: "False: there were too many to look into each; among the newest 20,000 so many fit." }),
    newest: t.field({ type: [Event], description: "The newest ten of them, oldest first.", extensions: { cost: 30 }, resolve: ({ newest }) => [...newest] }),
  }),
});

builder.queryField("previewWebhook", (t) =>
  t.field({
    type: Preview,
    description: "How many past events fit a filter, and the newest of them: before a webhook is made, or a replay asked for.",
    args: {
      filter: t.arg.string({ required: true, description: filterText }),
      after: t.arg({ type: "Position", description: "Absent: from the beginning." }),
      since: t.arg({ type: "DateTime", description: "In the place of `after`: events from this moment on." }),
    },
    validate: z.looseObject({ filter: FilterText }),
    resolve: async (_root, { filter: text, after, since }, context) => {
      const { sql } = context.application;
      if (typeof after === "number" && typeof since === "string") throw new InvalidInput([{ path: ["since"], message: "must not be given together with after" }]);
      await shown(context, "explorer");
      const filter = filterOf(text);
      const from = typeof since === "string" ? await positionBefore(sql, since) : (after ?? 0);
      const scanning = { filter, after: from, before: null, backward: true, most };
      const { rows: newest } = await scanEvents(sql, { ...scanning, limit: examples });
      if (!filter.kinds && !filter.keyPrefix) return { after: from, count: await countEvents(sql, filter, from), exact: true, newest };
      const all = await scanEvents(sql, { ...scanning, limit: most });
      return { after: from, count: all.rows.length, exact: !all.more, newest };
    },
  }),
);
