import assert from "node:assert/strict";
import { waybill } from "#test/api/cli/support/waybill.ts";

const postgres = { LOG_ENGINE: "postgres", DATABASE_URL: "postgres://waybill@127.0.0.1:1/x" };

describe("waybill serve", () => {
  it("is among the commands, and tells of itself within 80 columns", async () => {
    const [overview, help, same, completion] = await Promise.all([waybill(["help"]), waybill(["serve", "--help"]), waybill(["help", "serve"]), waybill(["completion", "bash"])]);
    assert.match(overview.stdout, /^ {2}serve +run the server/m);
    assert.match(help.stdout, /--role ROLE/);
    assert.equal(same.stdout, help.stdout);
    assert.match(completion.stdout, /--role\) COMPREPLY=.*"api projector worker deliverer all"/);
    for (const line of help.stdout.split("\n")) assert.ok(line.length <= 80, line);
  });

  const refusals: readonly (readonly [args: string, environment: Readonly<Record<string, string>>, says: RegExp])[] = [
    ["--role apis", {}, /--role must be api, .* or all, not "apis"/],
    ["--role api,apis", {}, /--role must be .* not "apis"/],
    ["--port 65536", {}, /--port must be a whole number from 0 to 65535/],
    ["--role api", {}, /LOG_ENGINE: cannot be sqlite .*DATABASE_URL: is needed/],
    ["--role api --role worker", postgres, /cannot use the PostgreSQL of DATABASE_URL/],
    ["--role worker", { ...postgres, WAYBILL_ROLE: "deliverer" }, /cannot use the PostgreSQL of DATABASE_URL/],
    ["--data package.json", {}, /cannot use .*package\.json as the data folder/],
  ];
  for (const [args, env, says] of refusals)
    it(`serve ${args} exits with 2 and says why, in one line`, async () => {
      const { code, stderr } = await waybill(["serve", ...args.split(" ")], { env });
      assert.deepEqual([code, stderr.trim().split("\n").length], [2, 1], stderr);
      assert.match(stderr, says);
    });
});
