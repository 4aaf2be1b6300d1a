import assert from "node:assert/strict";
import { projection, status } from "./support/answers.ts";
import { type Answer, FakeServer } from "./support/fake-server.ts";
import { waybill } from "./support/waybill.ts";

/** A server whose rebuild goes through these states, one at each question. */
const rebuilding = (...states: readonly object[]): Promise<FakeServer> => {
  const next = [...states];
  const told = (): Answer => status([projection("tuf", next.length > 1 ? next.shift() : next[0])]);
  return FakeServer.start({ answers: { RebuildProjection: () => ({ data: { rebuildProjection: { name: "tuf", generation: 1 } } }), Status: told } });
};

const filling = (position: number, error: string | null = null) => ({ rebuilding: { generation: 1, position, error } });
const run = (server: FakeServer, ...args: readonly string[]) =>
  waybill(["rebuild", "tuf", ...args], { env: { WAYBILL_URL: server.url, WAYBILL_TOKEN: "wb_test" } });

describe("waybill rebuild", () => {
  it("waits until the tables are switched, also where the generation stays the same", async () => {
    await using server = await rebuilding(filling(0), filling(5_000), { rebuilding: null });
    const { code, stdout } = await run(server, "--wait");
    assert.match(stdout, /^rebuilt tuf in /);
    assert.equal(code, 0);
    assert.equal(server.namesAsked().filter((name) => name === "Status").length, 3);
  });

  it("mends a projection that was stopped", async () => {
    const stopped = { state: "stopped", error: "no such luck", failedPosition: 9 };
    await using server = await rebuilding({ ...stopped, ...filling(5) }, { rebuilding: null });
    assert.equal((await run(server, "--wait")).code, 0);
  });

  it("says where the rebuild was stopped", async () => {
    await using server = await rebuilding(filling(5), filling(7, "no such luck"));
    const { code, stderr } = await run(server, "--wait");
    assert.match(stderr, /tuf stopped at position 7: no such luck/);
    assert.equal(code, 1);
  });

  it("tells where to look when it does not wait", async () => {
    await using server = await rebuilding(filling(5));
    assert.match((await run(server)).stdout, /^tuf is being rebuilt; how far it is: waybill status$/m);
  });
});

describe("waybill through npx", () => {
  it("proposes commands that start with npx", async () => {
    const env = { npm_command: "exec" };
    assert.match((await waybill(["shwo"], { env })).stderr, /did you mean: npx waybill show\?/);
    assert.match((await waybill(["help", "add"], { env })).stdout, /^ {2}npx waybill add demo README\.md/m);
    assert.match((await waybill(["add", "--help"], { env })).stdout, /^Usage: npx waybill add/m);
  });
});
