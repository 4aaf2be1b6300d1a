import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "#test/support/projecting.ts";
import { openProxy } from "./proxy.ts";

/** A server that answers with what it hears, behind a proxy. */
const echo = async () => {
  const opened = new AsyncDisposableStack();
  const lost: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("close", () => lost.push("closed"));
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.defer(() => void server.close());
  const address = server.address();
  const proxy = opened.use(await openProxy({ host: "127.0.0.1", port: address && typeof address === "object" ? address.port : 0 }));
  const client = async () => {
    const socket = connect(proxy.port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    return opened.adopt(socket, (socket) => void socket.destroy());
  };
  return { proxy, client, lost, [Symbol.asyncDispose]: () => opened.disposeAsync() };
};

const heard = async (socket: Socket, word: string): Promise<string> => {
  socket.write(word);
  return String((await once(socket, "data"))[0]);
};

const closed = (socket: Socket) => new Promise((resolve) => socket.once("close", resolve));

const unheard = async (socket: Socket, word: string) => {
  let answers = 0;
  socket.once("data", () => answers++);
  socket.write(word);
  await sleep(100);
  assert.equal(answers, 0);
};

describe("The proxy between Waybill and a server", () => {
  it("lets everything through while it is open", async () => {
    await using server = await echo();
    assert.equal(await heard(await server.client(), "hello"), "hello");
  });

  it("ends connections when it is cut, and takes new ones when it has healed", async () => {
    await using server = await echo();
    const socket = await server.client();
    await heard(socket, "hello");
    const over = closed(socket);
    server.proxy.become("cut");
    await over;
    await closed(connect(server.proxy.port, "127.0.0.1").on("error", () => undefined));
    server.proxy.become("open");
    assert.equal(await heard(await server.client(), "again"), "again");
  });

  it("holds everything back while it is silent, and loses nothing of it", async () => {
    await using server = await echo();
    const socket = await server.client();
    await heard(socket, "hello");
    server.proxy.become("silent");
    await unheard(socket, "late");
    const newcomer = await server.client();
    await unheard(newcomer, "later");
    const words = [socket, newcomer].map(async (each) => String((await once(each, "data"))[0]));
    server.proxy.become("open");
    assert.deepEqual(await Promise.all(words), ["late", "later"]);
  });

  it("ends the server's half of connections, and the client's when it heals", async () => {
    await using server = await echo();
    const socket = await server.client();
    await heard(socket, "hello");
    server.proxy.become("half-open");
    await unheard(socket, "to nobody");
    await eventually(async () => server.lost, ({ length }) => length > 0);
    assert.deepEqual(server.lost, ["closed"]);
    assert.ok(!socket.destroyed);
    const over = closed(socket);
    server.proxy.become("open");
    await over;
    assert.equal(await heard(await server.client(), "again"), "again");
  });

  it("does not tell the server of clients that left while it was silent, before it heals", async () => {
    await using server = await echo();
    const socket = await server.client();
    await heard(socket, "hello");
    server.proxy.become("silent");
    socket.destroy();
    await sleep(100);
    assert.deepEqual(server.lost, []);
    server.proxy.become("open");
    await eventually(async () => server.lost, ({ length }) => length > 0);
    assert.deepEqual(server.lost, ["closed"]);
  });
});
