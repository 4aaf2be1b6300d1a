import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeId, runId } from "#infra/node-id.ts";

const elsewhere = (): string => {
  const code = 'import { runId } from "#infra/node-id.ts"; console.log(runId());';
  return spawnSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8" }).stdout.trim();
};

describe("The name of an owner", () => {
  it("is no other run's, where processes share a data folder or have none", () => {
    const names = [runId(), runId(), elsewhere(), elsewhere()];
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.every((name) => name.length > 8));
  });

  it("is the same after a restart, where the data folder is one process's alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "waybill-node-id-"));
    try {
      assert.equal(await nodeId(join(folder, "node-id")), await nodeId(join(folder, "node-id")));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
