import assert from "node:assert/strict";
import { cacheFolder } from "#infra/config.ts";
import { hasKafkaJars } from "#infra/services/kafka/jars.ts";
import { liveBrokers } from "#infra/services/kafka/metadata.ts";
import { properties } from "#infra/services/kafka/properties.ts";
import { findProgram } from "#infra/services/programs.ts";
import { privately } from "./support.ts";

const required = /kafka/.test(process.env["WAYBILL_TEST_REQUIRE"] ?? "");
const there = findProgram("java") !== undefined && hasKafkaJars(cacheFolder());

describe(there || required ? "Kafka as a service" : "not run here: Kafka as a service (npm run services -- up --only kafka fetches it)", () => {
  it("is one of three voters that keep every record twice, or one alone", () => {
    const ports = [1, 2, 3].map((id) => ({ clients: 100 + id, controller: 200 + id }));
    const three = properties({ id: 2, data: "/d", ports });
    assert.match(three, /^controller\.quorum\.voters=1@127\.0\.0\.1:201,2@127\.0\.0\.1:202,3@127\.0\.0\.1:203$/m);
    assert.match(three, /^listeners=PLAINTEXT:\/\/127\.0\.0\.1:102,CONTROLLER:\/\/127\.0\.0\.1:202$/m);
    assert.match(three, /^min\.insync\.replicas=2$/m);
    assert.match(properties({ id: 1, data: "/d", ports: ports.slice(0, 1) }), /^min\.insync\.replicas=1$/m);
  });

  if (!there && !required) return;

  it("answers when up has returned, also after kill -9", async () => {
    await using services = await privately({ only: ["kafka"] });
    await services.up();
    const [broker] = services.all;
    assert.ok(broker);
    assert.deepEqual(await liveBrokers(broker.port), [1]);
    await broker.kill();
    await assert.rejects(liveBrokers(broker.port), /ECONNREFUSED/);
    await services.up();
    assert.deepEqual(await liveBrokers(broker.port), [1]);
    assert.deepEqual(services.environment(), { KAFKA_BROKERS: `127.0.0.1:${broker.port}`, KAFKA_REPLICATION: "1" });
  });
});
