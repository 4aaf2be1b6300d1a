import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { findProgram } from "#infra/services/programs.ts";
import { whenThere } from "#test/support/required.ts";

/** The run's exit code and what it printed. */
const faults = (...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
    execFile(process.execPath, ["test/faults/main.ts", ...args], { maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, output: `${stderr}\n${stdout}` });
    });
  });

whenThere("redis", findProgram("redis-server"), () =>
  describe("Waybill on PostgreSQL while its parts die", function () {
    this.timeout(300_000);

    it("loses nothing, does nothing twice and keeps every order", async () => {
      const { code, output } = await faults("postgres", "--seconds", "8", "--seed", "1", "--processes", "2", "--writers", "8", "--log-writers", "2");
      assert.match(output, /^postgres: [1-9]\d* acknowledged, 0 lost, 0 doubled, 0 reordered, [1-9]\d* faults$/m, output);
      assert.equal(code, 0, output);
    });
  }),
);

describe("npm run faults", () => {
  it("says how it is used where it is not", async () => {
    for (const args of [[], ["oracle"], ["postgres", "--seconds", "none"], ["postgres", "--fast"]]) assert.equal((await faults(...args)).code, 2);
    assert.match((await faults()).output, /usage: npm run faults -- postgres\|/);
  });
});
