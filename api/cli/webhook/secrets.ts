import { readFile } from "node:fs/promises";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { count } from "#api/cli/format.ts";
import { asked } from "#api/cli/mutation.ts";
import { createWebhook, rotateWebhook } from "#api/cli/operations/webhooks.ts";
import type { Session } from "#api/cli/session.ts";
import type { Asked } from "./asked.ts";
import { noteFit } from "./fit.ts";

export const create = async (session: Session, { subject: url, values }: Asked): Promise<number> => {
  const { filter, description, after, reason } = values;
  const input = { url, filter, description, after, deadLetterAfter: values["dead-letter-after"] || undefined, ...(await offered(values)), ...asked(reason) };
  const { createWebhook: made } = await session.client.request(createWebhook, { input });
  const begins = after === undefined ? "with the next" : `behind position ${count(after)}`;
  if (filter) await noteFit(session, { filter, begins });
  else session.output.note(`every event is sent, beginning ${begins}`);
  session.output.note(`webhook ${made.webhookId} sends to ${url}${made.secret === null ? "" : "; its secret is shown once, on standard output:"}`);
  return shown(session, made);
};

export const rotate = async (session: Session, { subject: id, values }: Asked): Promise<number> => {
  const input = { id, overlapSeconds: values.overlap, ...(await offered(values)), ...asked(values.reason) };
  const { rotateWebhookSecret: made } = await session.client.request(rotateWebhook, { input });
  session.output.note(`webhook ${id} signs with a new secret${made.secret === null ? "" : ", which is shown once, on standard output:"}`);
  return shown(session, made);
};

interface Made {
  readonly webhookId: string;
  readonly key: { readonly algorithm: string; readonly fingerprint: string; readonly publicKey: string | null };
  readonly secret: string | null;
}

/** A key pair's private half is of no use to the receiver: it gets the public one. */
const shown = async ({ output }: Session, { webhookId: id, key, secret }: Made): Promise<number> => {
  await output.result({ id, ...key, secret }, () => key.publicKey ?? secret ?? id);
  return exitCodes.ok;
};

const offered = async ({ "secret-file": file, ed25519 }: Asked["values"]): Promise<{ secret?: string; algorithm?: string }> => {
  if (file === undefined) return ed25519 === true ? { algorithm: "ED25519" } : {};
  try {
    return { secret: (await readFile(file, "utf8")).trim() };
  } catch (cause) {
    throw new CliError(exitCodes.usage, `cannot read the secret in ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
};
