import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Transform } from "node:stream";

/**
 * `cut`: connections end and no new one is taken. `silent`: nothing gets through and nobody is told, until it all gets through late.
 * `half-open`: the server has lost its connections and the clients do not know. `slow`: everything takes a while.
 */
export type Weather = "open" | "cut" | "silent" | "half-open" | "slow";

/** A line between clients and one server, that can be disturbed. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  become(weather: Weather): void;
}

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  /** The server has gone; the client has not been told. */
  dead: boolean;
}

const slowMs = 150;

/** Listens on `port`, any free one where absent; the server need not be there yet. */
export const openProxy = async (to: { readonly host: string; readonly port: number }, port = 0): Promise<Proxy> => {
  const connections = new Set<Connection>();
  let weather: Weather = "open";
  let calm = Promise.withResolvers<void>();
  calm.resolve();

  /** Resolves when what is under way may go on. */
  const passing = async () => {
    await calm.promise;
    if (weather === "slow") await sleep(slowMs);
  };
  const become = (next: Weather) => {
    const [before, after] = [isHeld(weather), isHeld(next)];
    weather = next;
    for (const each of connections) disturb(each, next);
    if (before && !after) calm.resolve();
    if (after && !before) calm = Promise.withResolvers<void>();
  };
  const accept = async (client: Socket) => {
    client.on("error", () => client.destroy());
    if (weather === "cut") return client.resetAndDestroy();
    await passing();
    if (client.destroyed) return;
    const server = connect(to);
    const each = { client, server, dead: false };
    connections.add(each);
    join(each, passing, () => connections.delete(each));
  };
  const listener = createServer({ noDelay: true }, (client) => void accept(client));
  await listening(listener, port);
  const address = listener.address();
  return {
    port: address && typeof address === "object" ? address.port : 0,
    become,
    [Symbol.asyncDispose]: async () => {
      become("open");
      for (const { client, server } of connections) for (const socket of [client, server]) socket.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
};

const isHeld = (weather: Weather): boolean => weather === "silent" || weather === "half-open";

const listening = async (listener: Server, port: number): Promise<void> => {
  listener.listen(port, "127.0.0.1");
  await once(listener, "listening");
};

const disturb = (each: Connection, weather: Weather): void => {
  if (each.dead || weather === "cut") {
    each.client.resetAndDestroy();
    each.server.resetAndDestroy();
  } else if (weather === "half-open") {
    each.dead = true;
    each.server.resetAndDestroy();
  }
};

/** What one side sends, the other gets when it may pass; so too the end of it. */
const join = (each: Connection, passing: () => Promise<void>, gone: () => void): void => {
  const { client, server } = each;
  server.setNoDelay(true);
  server.on("error", () => server.destroy());
  client.pipe(gate(passing)).pipe(server);
  server.pipe(gate(passing)).pipe(client);
  const leave = async (other: Socket) => {
    if (each.dead && other === client) return;
    await passing();
    other.destroy();
    gone();
  };
  client.on("close", () => void leave(server));
  server.on("close", () => void leave(client));
};

const gate = (passing: () => Promise<void>): Transform => {
  const late = async (go: () => void) => {
    await passing();
    go();
  };
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => void late(() => done(null, chunk)),
    flush: (done) => void late(done),
  });
};
