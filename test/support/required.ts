import assert from "node:assert/strict";

const settings = { redis: "REDIS_URL", kafka: "KAFKA_BROKERS", eventstore: "EVENTSTORE_URL" };

/**
 * Tests that need a server which not every machine has: they are told where it is. Where it is missing, the run says so in the title
 * of a suite; where WAYBILL_TEST_REQUIRE names it (`redis,kafka,eventstore`), its absence is a failure.
 */
export const whenThere = <Where>(name: keyof typeof settings, where: Where | undefined, tests: (where: Where) => void): void => {
  if (where !== undefined && where !== "") return tests(where);
  // Mocha shows no suite without a test.
  describe(`not run here: ${name} (set ${settings[name]})`, () => {
    it("is not required by WAYBILL_TEST_REQUIRE", () => {
      assert.ok(!(process.env["WAYBILL_TEST_REQUIRE"] ?? "").split(",").includes(name));
    });
  });
};
