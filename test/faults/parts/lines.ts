import { openProxy, type Proxy, type Weather } from "#test/support/proxy.ts";
import type { Server } from "./server.ts";

/** The lines between processes and servers; each process has its own, so that it can be cut off alone. */
export interface Lines {
  /** Where the process reaches the server. */
  portOf(part: string, server: Server): number;
  has(part: string): boolean;
  /** Of all lines to the server. */
  toServer(server: Server, weather: Weather): void;
  /** Of one process's own lines to the server. */
  ofPart(part: string, server: Server, weather: Weather): void;
}

const key = (part: string, { name }: Server) => `${part} ${name}`;

export const openLines = async (parts: readonly string[], servers: readonly Server[], opened: AsyncDisposableStack): Promise<Lines> => {
  const proxies = new Map<string, Proxy>();
  for (const server of servers)
    for (const part of parts) {
      const { port, advertised } = server.told?.(part) ?? { port: server.port, advertised: 0 };
      proxies.set(key(part, server), opened.use(await openProxy({ host: "127.0.0.1", port }, advertised)));
    }
  const proxyOf = (part: string, server: Server): Proxy => {
    const proxy = proxies.get(key(part, server));
    if (!proxy) throw new Error(`no line between ${part} and ${server.name}`);
    return proxy;
  };
  return {
    portOf: (part, server) => proxyOf(part, server).port,
    has: (part) => parts.includes(part),
    toServer: (server, weather) => parts.forEach((part) => proxyOf(part, server).become(weather)),
    ofPart: (part, server, weather) => proxyOf(part, server).become(weather),
  };
};
