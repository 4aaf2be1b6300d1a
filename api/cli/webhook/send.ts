import { setTimeout as sleep } from "node:timers/promises";
import { CliError, exitCodes, usageError } from "#api/cli/exit.ts";
import { count, duration, printable } from "#api/cli/format.ts";
import { instant } from "#api/cli/instant.ts";
import { asked } from "#api/cli/mutation.ts";
import { type Delivery, listDeliveries, previewWebhook, replayWebhook, resendDelivery, testWebhook } from "#api/cli/operations/webhooks.ts";
import type { Session } from "#api/cli/session.ts";
import { type Asked, webhookOf } from "./asked.ts";

/** Counts first; only --yes sends. */
export const replay = async (session: Session, { subject: id, values }: Asked): Promise<number> => {
  const { client, output } = session;
  const { after, rate, yes = false, reason } = values;
  const since = instant("since", values.since);
  if ((after === undefined) === (since === undefined)) throw usageError("from where?", "give either --after POSITION or --since TIME");
  const { filter } = await webhookOf(session, id);
  const { previewWebhook: found } = await client.request(previewWebhook, { filter, after, since });
  const many = `${found.exact ? "" : "at least "}${count(found.count)} ${found.count === 1 ? "event" : "events"} behind position ${found.after}`;
  if (!yes) {
    await output.result({ id, after: found.after, count: found.count, exact: found.exact, replayed: false }, () => `${many} would be sent again; do it with --yes`);
    return exitCodes.ok;
  }
  const { receipt } = (await client.request(replayWebhook, { input: { id, after: found.after, rate, ...asked(reason) } })).replayWebhook;
  await output.result({ id, after: found.after, count: found.count, exact: found.exact, replayed: true, position: receipt.position }, () => `${many} ${found.count === 1 ? "is" : "are"} sent again`);
  return exitCodes.ok;
};

export const resend = async (session: Session, { subject: id, values }: Asked): Promise<number> => {
  const { position, reason } = values;
  if (position === undefined) throw usageError("--position is missing", "see: waybill webhook deliveries, waybill webhook dead");
  const { resendDelivery: sent } = await session.client.request(resendDelivery, { input: { id, position, ...asked(reason) } });
  return answered(session, id, sent.requestId);
};

export const test = async (session: Session, { subject: id, values }: Asked): Promise<number> => {
  const { filter } = await webhookOf(session, id);
  const newest = async () => (await session.client.request(previewWebhook, { filter })).previewWebhook.newest.at(-1)?.position;
  const position = values.position ?? (await newest());
  if (position === undefined) throw new CliError(exitCodes.refused, "no event fits the filter yet", { hint: "choose another one with --position" });
  const { testWebhook: sent } = await session.client.request(testWebhook, { input: { id, position, ...asked(values.reason) } });
  return answered(session, id, sent.requestId);
};

const patienceMs = 30_000;

/** Waits for what becomes of it; anything but 2xx is a failure. */
const answered = async ({ client, output, signal }: Session, webhook: string, requestId: string): Promise<number> => {
  const until = performance.now() + patienceMs;
  for (;;) {
    const [edge] = (await client.request(listDeliveries, { webhook, first: 1, requestId })).deliveries.edges;
    if (edge) {
      await output.result(edge.node, () => line(edge.node));
      return edge.node.outcome === "DELIVERED" ? exitCodes.ok : exitCodes.failed;
    }
    if (performance.now() > until) throw new CliError(exitCodes.unavailable, "nothing has been sent yet: is a deliverer running?", { hint: "see: waybill status" });
    await sleep(200, undefined, { signal });
  }
};

const line = ({ eventPosition, eventType, status, error, milliseconds, response }: Delivery): readonly string[] => [
  `event ${eventPosition} ${printable(eventType)}: ${status === null ? "no answer" : `HTTP ${status}`} after ${duration(milliseconds)}${error === null || error === `HTTP ${status}` ? "" : `: ${printable(error)}`}`,
  ...(response ? response.slice(0, 500).trimEnd().split(/\r?\n/).map(printable) : []),
];
