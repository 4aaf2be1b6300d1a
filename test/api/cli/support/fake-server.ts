import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

export interface FakeError {
  readonly code: string;
  readonly message?: string;
  readonly issues?: readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
}

type Variables = Readonly<Record<string, unknown>>;
export type Answer = { readonly data: unknown } | { readonly error: FakeError };
/** `cut` ends the connection without a word. */
export type Item = { readonly data: unknown } | { readonly error: FakeError } | "cut";

export interface Script {
  /** By operation name. */
  readonly answers?: Readonly<Record<string, (variables: Variables) => Answer>>;
  readonly streams?: Readonly<Record<string, (variables: Variables) => AsyncIterable<Item>>>;
  /** By path, for GET. */
  readonly files?: ReadonlyMap<string, Buffer>;
  readonly token?: string;
  /** Before every answer of GraphQL. */
  readonly delayMs?: number;
}

const Request = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).default({}) });

/** A server that says what the script says: enough of the contract for the CLI to run against. */
export class FakeServer implements AsyncDisposable {
  readonly asked: { readonly name: string; readonly variables: Variables }[] = [];
  readonly uploads: { readonly sha256: string; readonly length: number }[] = [];
  readonly #script: Script;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  constructor(script: Script) {
    this.#script = script;
  }

  static async start(script: Script): Promise<FakeServer> {
    const fake = new FakeServer(script);
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  namesAsked(): string[] {
    return this.asked.map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET") return this.#file(request, response);
    if (request.headers.authorization !== `Bearer ${this.#script.token ?? "wb_test"}`) return problem(response, 401, "UNAUTHENTICATED");
    if (request.url === "/blobs") return this.#blob(request, response);
    const { query, variables } = Request.parse(JSON.parse((await bodyOf(request)).toString()));
    const name = /(?:query|mutation|subscription) (\w+)/.exec(query)?.[1] ?? "";
    this.asked.push({ name, variables });
    if (this.#script.delayMs !== undefined) await sleep(this.#script.delayMs);
    const stream = this.#script.streams?.[name];
    if (stream) return follow(response, stream(variables));
    const answer = this.#script.answers?.[name]?.(variables) ?? { error: { code: "DEFECT", message: `no script for ${name}` } };
    send(response, 200, "application/json", JSON.stringify(envelope(answer)));
  }

  async #file(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = this.#script.files?.get(decodeURIComponent(request.url ?? ""));
    if (file) send(response, 200, "application/octet-stream", file);
    else problem(response, 404, "NOT_FOUND");
  }

  async #blob(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const blob = { sha256: createHash("sha256").update(body).digest("hex"), length: body.length };
    this.uploads.push(blob);
    send(response, 201, "application/json", JSON.stringify(blob));
  }
}

const envelope = (answer: Answer): unknown => {
  if ("data" in answer) return answer;
  const { code, message = code, issues } = answer.error;
  return { errors: [{ message, extensions: { code, issues } }] };
};

const follow = async (response: ServerResponse, items: AsyncIterable<Item>): Promise<void> => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(":\n\n");
  for await (const item of items) {
    if (item === "cut") {
      await sleep(20);
      return void response.destroy();
    }
    response.write(`event: next\ndata: ${JSON.stringify(envelope(item))}\n\n`);
    if (response.writableNeedDrain)
      await Promise.race([
        new Promise((resolve) => response.once("drain", resolve)),
        new Promise((resolve) => response.once("close", resolve)),
      ]);
    if (response.destroyed) return;
  }
  response.end("event: complete\ndata:\n\n");
};

const bodyOf = async (request: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const send = (response: ServerResponse, status: number, type: string, body: string | Buffer): void => {
  response.writeHead(status, { "content-type": type }).end(body);
};

const problem = (response: ServerResponse, status: number, code: string): void =>
  send(
    response,
    status,
    "application/problem+json",
    JSON.stringify({ type: `urn:waybill:error:${code}`, title: code, status, detail: `said ${code}`, code }),
  );
