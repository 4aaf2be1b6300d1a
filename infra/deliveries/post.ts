import type { StoredEvent } from "#domain/kernel/event.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Secrets } from "#commands/ports/secrets.ts";
import { bodyOf, contentType } from "./message.ts";
import { type Answer, type LineOptions, openLine } from "./send.ts";
import { type Sign, signedHeaders, signer } from "./sign.ts";
import type { Attempt, Endpoint } from "./store.ts";

/** Sends single messages to one endpoint, signed with its active secrets. */
export interface Post extends Disposable {
  readonly send: (event: StoredEvent, id: string, signal: AbortSignal) => Promise<Answer>;
}

export interface PostNeeds extends LineOptions {
  readonly secrets: Pick<Secrets, "read">;
  readonly version: string;
}

/** Throws `Unavailable` where a secret is not in the vault. */
export const openPost = async ({ secrets, version, ...options }: PostNeeds, { url, secrets: cards }: Endpoint): Promise<Post> => {
  const signers = await Promise.all(
    cards.filter(({ until }) => until === null || Date.parse(until) > Date.now()).map(async ({ id, until }): Promise<{ readonly sign: Sign; readonly until: number }> => {
      const secret = await secrets.read(id);
      if (secret === null) throw new Unavailable(`secret ${id} of a webhook`);
      return { sign: signer(secret), until: until === null ? Number.POSITIVE_INFINITY : Date.parse(until) };
    }),
  );
  const line = openLine(url, options);
  const common = { "content-type": contentType, "user-agent": `Waybill/${version}` };
  return {
    send: (event, id, signal) => {
      const now = Date.now();
      const body = bodyOf(event);
      const active = signers.filter(({ until }) => until > now).map(({ sign }) => sign);
      return line.send({ headers: { ...common, ...signedHeaders(active, id, now, body) }, body, signal });
    },
    [Symbol.dispose]: () => line[Symbol.dispose](),
  };
};

export const isTaken = ({ status }: Answer): boolean => status !== null && status >= 200 && status < 300;

/** What went wrong, in words; empty where nothing did. */
export const problemOf = (answer: Answer): string =>
  isTaken(answer) ? "" : [answer.status === null ? null : `HTTP ${answer.status}`, answer.error].filter((part) => part !== null).join(": ");

/** The row of the log of attempts. */
export const attemptOf = (event: StoredEvent, answer: Answer, more: Pick<Attempt, "endpoint" | "kind" | "request" | "attempt" | "outcome" | "nextAt">): Attempt => ({
  ...more,
  position: event.position,
  eventId: event.id,
  eventType: event.type,
  at: new Date(Date.now() - answer.ms).toISOString(),
  ms: answer.ms,
  status: answer.status,
  error: isTaken(answer) ? null : (answer.error ?? `HTTP ${answer.status}`),
  response: answer.response,
});
