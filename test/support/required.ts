import assert from "node:assert/strict";

/** Servers that tests take from the environment, and the variable that names each. */
const variables = { redis: "REDIS_URL", kafka: "KAFKA_BROKERS", eventstore: "EVENTSTORE_URL" } as const;

/** Registers what needs a server; where there is none, a line says so, and is an error where `WAYBILL_TEST_REQUIRE` names it. */
export const whenThere = <Value>(name: keyof typeof variables, value: Value | undefined, register: (value: Value) => void): void => {
  if (value !== undefined) return register(value);
  describe(`not run here: ${name} (set ${variables[name]})`, () => {
    it("is not required", () => {
      const required = (process.env["WAYBILL_TEST_REQUIRE"] ?? "").split(",").map((part) => part.trim());
      assert.ok(!required.includes(name), `WAYBILL_TEST_REQUIRE names ${name}`);
    });
  });
};
