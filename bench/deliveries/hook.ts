import { once } from "node:events";
import { createServer } from "node:http";
import { setInterval } from "node:timers";

let count = 0;
let told = 0;

const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => {
    if (request.url === "/slow") return void setTimeout(() => response.writeHead(204).end(), 10_000);
    if (request.url === "/fast") count++;
    response.writeHead(204).end();
    setImmediate(tell);
  });
}).listen(0, "127.0.0.1");

/** At once where it is quiet, and not too often where it is not. */
const tell = (): void => {
  if (count === told || (count - told < 200 && count % 200 !== 0 && performance.now() - last < 1)) return;
  [told, last] = [count, performance.now()];
  process.send?.({ count });
};
let last = 0;
setInterval(tell, 5);

await once(server, "listening");
const address = server.address();
process.send?.({ port: address && typeof address === "object" ? address.port : 0 });
process.once("disconnect", () => process.exit());
