import { exitCodes, usageError } from "#api/cli/exit.ts";
import { asked } from "#api/cli/mutation.ts";
import { changeWebhook, deleteWebhook, disableWebhook, enableWebhook } from "#api/cli/operations/webhooks.ts";
import type { Session } from "#api/cli/session.ts";
import type { Asked } from "./asked.ts";
import { noteFit } from "./fit.ts";

export const change = async (session: Session, { subject: id, values }: Asked): Promise<number> => {
  const { client, output } = session;
  const { filter, description, reason, "new-url": url, "dead-letter-after": deadLetterAfter } = values;
  if ([filter, description, url, deadLetterAfter].every((value) => value === undefined))
    throw usageError("nothing is to be changed", "give --new-url, --filter, --description or --dead-letter-after");
  const { receipt } = (await client.request(changeWebhook, { input: { id, url, filter, description, deadLetterAfter, ...asked(reason) } })).changeWebhook;
  if (filter !== undefined) await noteFit(session, { filter });
  await output.result({ id, position: receipt.position }, () => (receipt.eventIds.length === 0 ? "it is so already" : `${output.green("changed")} webhook ${id}`));
  return exitCodes.ok;
};

export const turn =
  (to: "enable" | "disable") =>
  async ({ client, output }: Session, { subject: id, values }: Asked): Promise<number> => {
    const input = { id, ...asked(values.reason) };
    const { receipt } = to === "enable" ? (await client.request(enableWebhook, { input })).enableWebhook : (await client.request(disableWebhook, { input })).disableWebhook;
    await output.result({ id, position: receipt.position }, () => (receipt.eventIds.length === 0 ? `webhook ${id} is ${to}d already` : `${output.green(`${to}d`)} webhook ${id}`));
    return exitCodes.ok;
  };

export const remove = async ({ client, output }: Session, { subject: id, values }: Asked): Promise<number> => {
  const { receipt } = (await client.request(deleteWebhook, { input: { id, ...asked(values.reason) } })).deleteWebhook;
  await output.result({ id, position: receipt.position }, () => `${output.green("deleted")} webhook ${id}`);
  return exitCodes.ok;
};
