import { Unavailable } from "#domain/kernel/errors.ts";
import type { Connection, ReadCall, streams } from "./client.ts";
import { lasting } from "./errors.ts";

export interface Listening {
  /** Ends the reading without an error. */
  readonly signal?: AbortSignal;
  /** Milliseconds without an answer, after which the server counts as away; without end where absent. */
  readonly patience?: number;
}

/** Responses that wait to be taken, and their bytes, at most; then the server has to wait. */
const most = { count: 2000, bytes: 4_000_000 };

/** What the server answers to a read, in the portions in which it arrives. Cancels the call when its consumer leaves. */
export async function* responses(server: Connection, request: streams.ReadReq, { signal, patience }: Listening = {}): AsyncGenerator<streams.ReadResp[], void> {
  const call = await opened(server, request, patience ?? opening);
  const inbox = inboxOf();
  call.on("data", (response: streams.ReadResp) => {
    if (inbox.put(response)) call.pause();
  });
  call.on("error", (error) => inbox.end(error));
  call.on("end", () => inbox.end());
  const stop = () => inbox.end();
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    for (;;) {
      const portion = await inbox.take(patience);
      if (portion.length === 0 || signal?.aborted) return;
      yield portion;
      call.resume();
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    call.cancel();
  }
}

/** Milliseconds in which a connection is to be made, where the answers may take any time. */
const opening = 10_000;

const opened = async (server: Connection, request: streams.ReadReq, patience: number): Promise<ReadCall> => {
  const call = server.read(request);
  try {
    return await patiently(call, patience);
  } catch (error) {
    void call.then((late) => late.on("error", () => undefined).cancel()).catch(() => undefined);
    throw lasting(error);
  }
};

interface Inbox {
  /** True where it is full then. */
  readonly put: (response: streams.ReadResp) => boolean;
  readonly end: (error?: Error) => void;
  /** All that is there, at least one; none at the end. */
  readonly take: (patience: number | undefined) => Promise<streams.ReadResp[]>;
}

const inboxOf = (): Inbox => {
  let waiting: streams.ReadResp[] = [];
  let bytes = 0;
  let ended: { readonly error: Error | undefined } | undefined;
  let wake: (() => void) | undefined;
  return {
    put: (response) => {
      wake?.();
      bytes += response.getEvent()?.getEvent()?.getData_asU8().length ?? 0;
      return waiting.push(response) >= most.count || bytes >= most.bytes;
    },
    end: (error) => {
      ended ??= { error };
      wake?.();
    },
    take: async (patience) => {
      if (waiting.length === 0 && !ended) {
        const news = new Promise<void>((resolve) => (wake = resolve));
        await patiently(news, patience);
      }
      const portion = waiting;
      [waiting, bytes] = [[], 0];
      if (portion.length === 0 && ended?.error) throw lasting(ended.error);
      return portion;
    },
  };
};

/** Throws `Unavailable` when it takes longer. */
export const patiently = async <Answer>(work: Promise<Answer>, patience: number | undefined): Promise<Answer> => {
  if (patience === undefined) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable("log", { cause: new Error(`no answer for ${patience} ms`) })), patience);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};
