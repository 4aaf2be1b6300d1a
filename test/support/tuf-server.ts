import { createServer } from "node:http";
import { once } from "node:events";

/** Serves the files of `files()` on loopback, whatever they are at that moment: 404 for all else. */
export const tufServer = async (files: () => ReadonlyMap<string, Uint8Array>) => {
  const server = createServer((request, response) => {
    const file = files().get(decodeURIComponent((request.url ?? "").slice(1)));
    response.writeHead(file ? 200 : 404, { "content-type": "application/json" }).end(file);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
