import { randomUUID } from "node:crypto";
import { Unavailable } from "#domain/kernel/errors.ts";
import { type BatchCall, type Connection, shared, streams } from "./client.ts";
import { lasting } from "./errors.ts";
import { patiently } from "./responses.ts";
import { refusalOf, type Refused } from "./refusals.ts";
import { identifierOf } from "./wire.ts";

export interface Sending {
  readonly stream: string;
  /** The revision of its last event; -1 where it does not exist. */
  readonly revision: number;
  readonly messages: readonly streams.BatchAppendReq.ProposedMessage[];
}

export type Sent = { readonly kind: "stored"; readonly revision: number } | Refused;

/**
 * Appends over one call, as many at once as one likes: the server answers each by its number. Throws `Unavailable` where the outcome
 * is not known.
 */
export interface Sender {
  readonly send: (sending: Sending) => Promise<Sent>;
}

interface Waiting {
  readonly call: BatchCall;
  readonly resolve: (sent: Sent) => void;
  readonly reject: (error: unknown) => void;
}

export const sender = (server: Connection, patience: number): Sender => {
  const waiting = new Map<string, Waiting>();
  let current: Promise<BatchCall> | undefined;

  const open = async (): Promise<BatchCall> => {
    const call = await server.batchAppend();
    const lost = (error: Error) => {
      current = undefined;
      for (const [id, each] of waiting)
        if (each.call === call) {
          waiting.delete(id);
          each.reject(lasting(error));
        }
    };
    call.on("data", (response: streams.BatchAppendResp) => {
      const id = response.getCorrelationId()?.getString() ?? "";
      // Late answers, and those that come twice, have nobody left.
      waiting.get(id)?.resolve(sentOf(response));
      waiting.delete(id);
    });
    call.on("error", lost);
    call.on("end", () => lost(new Unavailable("log", { cause: new Error("the server has ended the call") })));
    return call;
  };
  const opened = (): Promise<BatchCall> => {
    current ??= open().catch((error: unknown) => {
      current = undefined;
      throw lasting(error);
    });
    return current;
  };
  const send = async (sending: Sending): Promise<Sent> => {
    const call = await patiently(opened(), patience);
    const id = randomUUID();
    const answer = new Promise<Sent>((resolve, reject) => {
      waiting.set(id, { call, resolve, reject });
    });
    for (const request of requestsOf(id, sending)) call.write(request);
    return patiently(answer, patience).finally(() => waiting.delete(id));
  };
  return { send };
};

/** One message may have 4 MB. */
const portion = 3_000_000;

function* requestsOf(id: string, { stream, revision, messages }: Sending): Generator<streams.BatchAppendReq> {
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(identifierOf(stream));
  if (revision < 0) options.setNoStream(new shared.Empty());
  else options.setStreamPosition(String(revision));
  const request = () => new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString(id));
  let next = request().setOptions(options);
  let size = 0;
  for (const message of messages) {
    const bytes = message.getData().length + message.getCustomMetadata().length;
    if (size > 0 && size + bytes > portion) {
      yield next;
      next = request();
      size = 0;
    }
    next.addProposedMessages(message);
    size += bytes;
  }
  yield next.setIsFinal(true);
}

const sentOf = (response: streams.BatchAppendResp): Sent => {
  const success = response.getSuccess();
  return success ? { kind: "stored", revision: Number(success.getCurrentRevision()) } : refusalOf(response);
};
