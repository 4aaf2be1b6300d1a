import { counted, printable, time } from "#api/cli/format.ts";
import { previewWebhook } from "#api/cli/operations/webhooks.ts";
import type { Session } from "#api/cli/session.ts";

interface Saved {
  readonly filter: string;
  /** Of a webhook that was just made: where it begins. */
  readonly begins?: string;
}

/** Says what a filter that was just saved finds among past events: nothing, where its author was mistaken. */
export const noteFit = async ({ client, output }: Session, { filter, begins }: Saved): Promise<void> => {
  const { count: fit, exact, newest } = (await client.request(previewWebhook, { filter })).previewWebhook;
  const last = newest.at(-1);
  if (!last) return output.note("no past event fits this filter: is it what you mean? (waybill help webhook)");
  const many = `${exact ? "" : "at least "}${counted(fit, "past event")} ${fit === 1 ? "fits" : "fit"} this filter`;
  output.note(`${many}, the newest ${printable(last.type)} at position ${last.position} (${time(last.at)})${begins === undefined ? "" : `; what is sent begins ${begins}`}`);
};
