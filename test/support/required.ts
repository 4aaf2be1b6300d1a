/**
 * Tests that need a server which not every machine has: they are told where it is. Where it is missing, the run says so in the title
 * of a suite; where WAYBILL_TEST_REQUIRE names it (`redis,kafka,eventstore`), its absence is a failure.
 */
export const whenThere = <Where>(name: "redis" | "kafka" | "eventstore", where: Where | undefined, tests: (where: Where) => void): void => {
  if (where !== undefined && where !== "") return tests(where);
  const required = (process.env["WAYBILL_TEST_REQUIRE"] ?? "").split(",").includes(name);
  describe(`not run here: ${name} (set ${settings[name]})`, () => {
    if (required)
      it(`has ${name}, as WAYBILL_TEST_REQUIRE asks`, () => {
        throw new Error(`WAYBILL_TEST_REQUIRE names ${name}, and ${settings[name]} is not set`);
      });
  });
};

const settings = { redis: "REDIS_URL", kafka: "KAFKA_BROKERS", eventstore: "EVENTSTORE_URL" };
