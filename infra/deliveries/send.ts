import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { urlToHttpOptions } from "node:url";
import { retryAfter } from "#domain/deliveries/retry.ts";
import type { Reach } from "./addresses.ts";
import { checkAddress, guardedLookup, type Lookup, Unreachable } from "./guard.ts";

/** What came of one attempt. */
export interface Answer {
  readonly status: number | null;
  /** Why there is no status, or why the one that there is counts for nothing. */
  readonly error: string | null;
  /** The beginning of the answer's body. */
  readonly response: string;
  readonly retryAfterMs: number | null;
  readonly ms: number;
}

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

/** One endpoint's connections, kept open between messages. */
export interface Line extends Disposable {
  readonly send: (message: Message) => Promise<Answer>;
}

export interface LineOptions {
  readonly reach: Reach;
  /** From the first byte sent to the last of the answer's head. */
  readonly timeoutMs: number;
  /** Of names; the system's where absent. */
  readonly lookup?: Lookup | undefined;
}

/** What is kept of an answer's body, and how much longer than its head a body may take. */
const keptBytes = 4096;
const readBytes = 65_536;
const bodyMs = 1000;

/** Opens connections to checked addresses only; follows no redirect. */
export const openLine = (text: string, { reach, timeoutMs, lookup: names }: LineOptions): Line => {
  const url = new URL(text);
  const secure = url.protocol === "https:";
  const lookup = guardedLookup(reach, secure, names);
  const agent = secure ? new HttpsAgent({ keepAlive: true, maxSockets: 2, lookup }) : new HttpAgent({ keepAlive: true, maxSockets: 2, lookup });

  const forbidden = refusalOf(reach, url);
  const to = { ...urlToHttpOptions(url), method: "POST", agent };

  const open = ({ headers, body, signal }: Message): ClientRequest => {
    const options = { ...to, signal, headers: { ...headers, "content-length": body.length } };
    return secure ? httpsRequest(options) : httpRequest(options);
  };

  const attempt = (message: Message, began: number): Promise<Answer> =>
    new Promise((resolve) => {
      const request = open(message);
      const failed = (error: string) => resolve({ status: null, error, response: "", retryAfterMs: null, ms: performance.now() - began });
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      request.once("response", (response) => {
        clearTimeout(timer);
        void read(response).then((kept) => resolve(answerOf(response, kept, began)));
      });
      request.on("error", (error) => {
        clearTimeout(timer);
        // A kept connection that the other side has closed meanwhile says nothing about the endpoint.
        if (request.reusedSocket && "code" in error && error.code === "ECONNRESET") resolve(attempt(message, began));
        else failed(error.message === "" ? error.name : error.message);
      });
      request.end(message.body);
    });

  return {
    send: (message) =>
      forbidden === null ? attempt(message, performance.now()) : Promise.resolve({ status: null, error: forbidden, response: "", retryAfterMs: null, ms: 0 }),
    [Symbol.dispose]: () => agent.destroy(),
  };
};

const refusalOf = (reach: Reach, url: URL): string | null => {
  try {
    checkAddress(reach, url);
    return null;
  } catch (error) {
    if (error instanceof Unreachable) return error.message;
    throw error;
  }
};

const answerOf = ({ statusCode = 0, headers }: IncomingMessage, response: string, began: number): Answer => ({
  status: statusCode,
  error: statusCode >= 300 && statusCode < 400 ? "redirects are not followed" : null,
  response,
  retryAfterMs: retryAfter(headers["retry-after"], Date.now()),
  ms: performance.now() - began,
});

/** The beginning of a body. What is long, or comes too slowly, is cut off together with its connection: the status is what counts. */
const read = (response: IncomingMessage): Promise<string> =>
  new Promise((resolve) => {
    const kept: Buffer[] = [];
    let bytes = 0;
    let done = false;
    const end = (cut: boolean) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      if (cut) response.destroy();
      resolve(Buffer.concat(kept).subarray(0, keptBytes).toString("utf8").replaceAll("\0", "\ufffd"));
    };
    const timer = setTimeout(() => end(true), bodyMs);
    response.on("data", (chunk: Buffer) => {
      if (bytes < keptBytes) kept.push(chunk);
      bytes += chunk.length;
      if (bytes > readBytes) end(true);
    });
    response.once("end", () => end(false)).once("error", () => end(true)).once("close", () => end(true));
  });
