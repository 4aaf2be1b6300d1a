import type { Readable } from "node:stream";
import { z } from "zod";
import { CliError, exitCodes } from "./exit.ts";
import type { Operation } from "./operation.ts";
import { readServerSentEvents } from "./server-sent-events.ts";
import { graphqlError, httpError } from "./server-errors.ts";
import { webStream } from "./web-stream.ts";

export interface Access {
  /** With a slash at the end. */
  readonly url: URL;
  readonly token: string | null;
  readonly signal: AbortSignal;
}

const Blob = z.object({ sha256: z.string(), length: z.number() });
export type Blob = z.infer<typeof Blob>;

/** An operation and its variables as they go over the wire. */
export interface Encoded<Answer> {
  readonly body: Buffer<ArrayBuffer>;
  readonly read: (data: unknown) => Answer;
}

/** Waybill's server, as its clients see it. Every failure is a `CliError`. */
export class Client {
  readonly url: URL;
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
    this.url = access.url;
  }

  /** A query or mutation. */
  async request<Variables, Answer>(operation: Operation<Variables, Answer>, variables: Variables): Promise<Answer> {
    return this.send(encode(operation, variables));
  }

  /** The second half of `request`: the first may come long before. */
  async send<Answer>({ body, read }: Encoded<Answer>): Promise<Answer> {
    const response = await this.#fetch("graphql", { body, headers: { "content-type": "application/json", accept: "application/json" } });
    return answerOf(await json(response), read, response);
  }

  /** Stores the bytes; they are not held in memory. */
  async upload(content: Readable): Promise<Blob> {
    const headers = { "content-type": "application/octet-stream", accept: "application/json" };
    const response = await this.#fetch("blobs", { body: webStream(content), headers, ...sendingFirst });
    const answer = await json(response);
    if (!response.ok) throw httpError(response.status, response.headers.get("retry-after"), answer);
    return understood((data) => Blob.parse(data), answer);
  }

  /** Each item of a subscription; ends when the server says so, and throws `unavailable` when the connection just ends. */
  async *subscribe<Variables, Answer>({ document, read }: Operation<Variables, Answer>, variables: Variables): AsyncGenerator<Answer> {
    const response = await this.#fetch("graphql", {
      body: JSON.stringify({ query: document, variables }),
      headers: { "content-type": "application/json", accept: "text/event-stream" },
    });
    if (!response.body || !response.headers.get("content-type")?.startsWith("text/event-stream"))
      throw graphqlError(await json(response)) ?? httpError(response.status, null, null);
    try {
      for await (const { event, data } of readServerSentEvents(response.body)) {
        if (event === "complete") return;
        if (event === "next") yield answerOf(parse(data), read, response);
      }
    } catch (cause) {
      throw cause instanceof CliError ? cause : this.#lost(cause);
    }
    throw this.#lost(null);
  }

  /** What anybody may fetch, without the token: null where there is none. */
  async file(path: string): Promise<Response | null> {
    const response = await this.#fetch(path, { method: "GET" }, null);
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 404) return null;
    throw httpError(response.status, response.headers.get("retry-after"), null);
  }

  /** The lines of an answer as they come; throws `unavailable` when it breaks off. */
  async *lines(path: string, signal?: AbortSignal): AsyncGenerator<string> {
    for await (const some of this.lineBatches(path, signal)) yield* some;
  }

  /** The same, as many at a time as have come: for a million of them. */
  async *lineBatches(path: string, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
    const response = await this.#fetch(path, { method: "GET", ...(signal && { signal }) });
    if (!response.ok || !response.body) throw httpError(response.status, response.headers.get("retry-after"), await json(response));
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for await (const chunk of response.body) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        if (lines.length > 0) yield lines;
      }
    } catch (cause) {
      throw cause instanceof CliError ? cause : this.#lost(cause);
    }
  }

  async #fetch(path: string, init: RequestInit, token: string | null = this.#access.token): Promise<Response> {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
    const signal = AbortSignal.any([this.#access.signal, ...(init.signal ? [init.signal] : [])]);
    try {
      return await fetch(new URL(path, this.url), { method: "POST", ...init, headers, signal });
    } catch (cause) {
      throw this.#access.signal.aborted ? interrupted() : this.#unreachable(cause);
    }
  }

  #unreachable(cause: unknown): CliError {
    const local = isLocal(this.url);
    const hint = local
      ? "is the server running? start it with: npm start (another address: --url or WAYBILL_URL)"
      : "check the address (--url or WAYBILL_URL) and that the server is running";
    return new CliError(exitCodes.unavailable, `cannot connect to ${this.url.origin}: ${reasonOf(cause)}`, { hint, cause });
  }

  #lost(cause: unknown): CliError {
    if (this.#access.signal.aborted) return interrupted();
    return new CliError(exitCodes.unavailable, `the connection to ${this.url.origin} was lost`, { hint: "try again", cause });
  }
}

export const encode = <Variables, Answer>(
  { name, document, read }: Operation<Variables, Answer>,
  variables: Variables,
): Encoded<Answer> => ({
  body: Buffer.from(JSON.stringify({ query: document, operationName: name, variables })),
  read,
});

export const isLocal = ({ hostname }: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

export const interrupted = (): CliError => new CliError(exitCodes.interrupted, "interrupted");

const answerOf = <Answer>(answer: unknown, read: (data: unknown) => Answer, { status, headers, ok }: Response): Answer => {
  const error = graphqlError(answer);
  if (error) throw error;
  const data = z.object({ data: z.record(z.string(), z.unknown()) }).safeParse(answer).data?.data;
  if (!ok || !data) throw httpError(status, headers.get("retry-after"), answer);
  return understood(read, data);
};

const understood = <Answer>(read: (data: unknown) => Answer, data: unknown): Answer => {
  try {
    return read(data);
  } catch (cause) {
    const hint = "is it of another version, or something else than Waybill? see: waybill version, --url";
    throw new CliError(exitCodes.failed, "the server's answer is not understood", { hint, cause });
  }
};

const json = async (response: Response): Promise<unknown> => {
  try {
    return parse(await response.text());
  } catch (cause) {
    throw new CliError(exitCodes.unavailable, "the connection was lost in the middle of an answer", { hint: "try again", cause });
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return reasonOf(error.cause);
  if (error instanceof Error) return "code" in error && typeof error.code === "string" ? error.code : error.message;
  return String(error);
};

/** A body without a known length goes in chunks; fetch wants to hear that the answer comes after its end. */
const sendingFirst = { duplex: "half" };
