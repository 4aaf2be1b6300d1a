import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import { listen } from "#infra/http.ts";
import { ask } from "#test/support/rest.ts";

const host = "127.0.0.1";
const ok: RequestListener = (_request, response) => void response.end("ok");

/** Answers half at once and the rest when it is told to. */
const slow = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const application: RequestListener = (_request, response) => {
    response.write("half ");
    void promise.then(() => response.end("whole"));
  };
  return { application, finish: resolve };
};

const get = async (port: number, agent: Agent | false) => {
  const sent = request({ host, port, agent }).end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => sent.once("response", resolve).once("error", reject));
  return { headers: response.headers, text: async () => (await buffer(response)).toString() };
};

describe("listen", () => {
  it("says where it listens, and answers there", async () => {
    await using server = await listen(ok, { host, port: 0 });
    assert.equal(server.url, `http://127.0.0.1:${server.port}`);
    assert.equal((await ask(server.port, "/")).body.toString(), "ok");
  });

  it("names a URL that works when it listens to every address", async () => {
    await using server = await listen(ok, { host: "0.0.0.0", port: 0 });
    assert.equal(await (await fetch(server.url)).text(), "ok");
  });

  it("names PORT when the port is taken", async () => {
    await using first = await listen(ok, { host, port: 0 });
    await assert.rejects(listen(ok, { host, port: first.port }), (error) => error instanceof Error && error.message.includes(`port ${first.port}`) && error.message.includes("PORT"));
  });

  it("names HOST when the machine has no such address", async () =>
    assert.rejects(listen(ok, { host: "192.0.2.1", port: 0 }), /HOST/));

  it("lets requests finish that are under way, and takes no others", async () => {
    const { application, finish } = slow();
    const server = await listen(application, { host, port: 0, graceMs: 20_000 });
    const answer = await get(server.port, false);
    const closed = server[Symbol.asyncDispose]();
    await assert.rejects(once(connect(server.port, host), "connect"), /ECONNREFUSED/);
    finish();
    assert.equal(await answer.text(), "half whole");
    await closed;
  });

  it("does not wait for connections that are only kept alive", async () => {
    const agent = new Agent({ keepAlive: true });
    const { application, finish } = slow();
    const server = await listen(application, { host, port: 0, graceMs: 20_000 });
    const answer = await get(server.port, agent);
    const closed = server[Symbol.asyncDispose]();
    finish();
    await answer.text();
    await closed;
    agent.destroy();
  });

  it("answers a last request on a connection that was kept alive, and ends it with that", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const server = await listen(ok, { host, port: 0 });
    await (await get(server.port, agent)).text();
    const closed = server[Symbol.asyncDispose]();
    const last = await get(server.port, agent);
    assert.equal(last.headers.connection, "close");
    assert.equal(await last.text(), "ok");
    await closed;
    agent.destroy();
  });

  it("hangs up on requests that do not end in time", async () => {
    const { application } = slow();
    const server = await listen(application, { host, port: 0, graceMs: 50 });
    const answer = await get(server.port, false);
    const [text] = await Promise.allSettled([answer.text(), server[Symbol.asyncDispose]()]);
    assert.equal(text.status, "rejected");
  });

  it("may be closed twice", async () => {
    const server = await listen(ok, { host, port: 0 });
    await server[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await sleep(0);
  });
});
