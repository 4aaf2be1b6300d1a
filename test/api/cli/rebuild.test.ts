import assert from "node:assert/strict";
import { projection, status } from "./support/answers.ts";
import { FakeServer } from "./support/fake-server.ts";
import { waybill } from "./support/waybill.ts";

describe("waybill rebuild", () => {
  it("waits until nothing is filled any more, whatever the generation is called", async () => {
    let asked = 0;
    await using server = await FakeServer.start({
      answers: {
        RebuildProjection: () => ({ data: { rebuildProjection: { name: "tuf", generation: 1 } } }),
        Status: () => status([projection("tuf", { rebuilding: ++asked < 3 ? { generation: 1, position: asked * 1000 } : null })]),
      },
    });
    const run = await waybill(["rebuild", "tuf", "--wait"], { env: { WAYBILL_URL: server.url, WAYBILL_TOKEN: "wb_test" } });
    assert.match(run.stdout, /^rebuilt tuf: generation 1 is live, in /);
    assert.match(run.stderr, /^rebuilding tuf: 0 % {2}0\/12,345\n/);
    assert.deepEqual([run.code, asked], [0, 3]);
  });
});
