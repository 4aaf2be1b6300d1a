import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a server that can be cut: new connections are refused then, and those that are open break. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  readonly cut: () => void;
  readonly restore: () => void;
}

/** On loopback, in front of a TCP server. */
export const proxyTo = async (target: { readonly host: string; readonly port: number }): Promise<Proxy> => {
  const sockets = new Set<Socket>();
  let away = false;
  const join = (client: Socket) => {
    if (away) return void client.resetAndDestroy();
    const server = connect(target);
    for (const [socket, other] of [[client, server], [server, client]] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  };
  const cut = () => {
    away = true;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const listening = createServer(join).listen(0, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address();
  return {
    port: address && typeof address === "object" ? address.port : 0,
    cut,
    restore: () => void (away = false),
    [Symbol.asyncDispose]: async () => {
      cut();
      listening.close();
    },
  };
};
