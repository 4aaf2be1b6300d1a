import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** One request as it came. */
export interface Received {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

/** What the receiver does with a request; true: it took it. */
export type Behave = (received: Received, response: ServerResponse) => boolean | Promise<boolean>;

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** Positions of what was taken, in the order in which it was. */
  readonly taken: number[];
  readonly behaves: (behave: Behave) => void;
}

export const takes: Behave = (_, response) => {
  response.writeHead(204).end();
  return true;
};

export const answers =
  (status: number, headers: Record<string, string> = {}, body = ""): Behave =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
    return status >= 200 && status < 300;
  };

/** A server that takes webhooks, on the loopback. */
export const openReceiver = async (): Promise<Receiver> => {
  let behave = takes;
  const [received, taken]: [Received[], number[]] = [[], []];
  const server = createServer((request, response) => {
    const receive = async () => {
      const one = { id: String(request.headers["webhook-id"]), headers: request.headers, body: (await buffer(request)).toString(), at: Date.now() };
      received.push(one);
      if (await behave(one, response)) taken.push(positionOf(one));
    };
    receive().catch(() => undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}/hook`,
    received,
    taken,
    behaves: (next) => {
      behave = next;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const positionOf = ({ body }: Received): number => {
  const event: unknown = JSON.parse(body);
  return typeof event === "object" && event !== null && "position" in event ? Number(event.position) : Number.NaN;
};
