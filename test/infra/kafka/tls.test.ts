import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { CannotStart } from "#infra/cannot-start.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { readConfig } from "#infra/config.ts";
import { openKafkaLog } from "#infra/kafka/event-log.ts";
import { kafkaOf } from "#infra/kafka/settings.ts";
import { prepareTopics } from "#infra/kafka/topics.ts";
import { postgresLeases } from "#infra/postgres/leases.ts";
import { openDatabase } from "#infra/postgres/open-database.ts";
import { append, everything } from "#test/conformance/event-log/harness.ts";
import { type Certificate, certificateAuthority } from "#test/support/certificates.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import { whenThere } from "#test/support/required.ts";
import { addScramUser, privateBroker, startable, tlsWay, userWay } from "./private-broker.ts";

type Settings = Readonly<Record<string, string>>;

whenThere("kafka", startable ? "of the test's own" : undefined, () =>
  describe("Kafka over TLS", () => {
    const authority = certificateAuthority();
    const user = { name: "waybill", password: "secret" };
    const ways = () => {
      const right = authority.server();
      return {
        right: tlsWay(right),
        expired: tlsWay(authority.server({ expired: true })),
        elsewhere: tlsWay(authority.server({ hosts: ["elsewhere.example"] })),
        strict: tlsWay(right, authority.caFile),
        users: userWay(right, user),
      };
    };
    type Way = keyof ReturnType<typeof ways> | "plain";
    let broker: Awaited<ReturnType<typeof privateBroker<keyof ReturnType<typeof ways>>>>;

    before(async () => {
      broker = await privateBroker(ways());
      await addScramUser(broker.broker.port, user);
    });
    after(() => broker[Symbol.asyncDispose]());

    const believing = { KAFKA_TLS_ENABLED: "1", KAFKA_TLS_CA_FILE: authority.caFile };
    const showing = ({ certFile, keyFile }: Certificate) => ({ ...believing, KAFKA_TLS_CERT_FILE: certFile, KAFKA_TLS_KEY_FILE: keyFile });
    const as = (mechanism: string, password = user.password) => ({
      ...believing, KAFKA_SASL_MECHANISM: mechanism, KAFKA_USER: user.name, KAFKA_PASSWORD: password,
    });
    const settingsOf = (way: Way, settings: Settings) => {
      const port = way === "plain" ? broker.broker.port : broker.portOf(way);
      return kafkaOf(readConfig({ KAFKA_BROKERS: `127.0.0.1:${port}`, KAFKA_TOPIC: `test-${randomUUID()}`, KAFKA_REPLICATION: "1", ...settings }));
    };
    /** The first question to the cluster, which every log begins with. */
    const reach = async (way: Way, settings: Settings = believing) => {
      const { topic, replication, ...server } = await settingsOf(way, settings);
      return prepareTopics(server, topic, replication);
    };
    const refuses = (way: Way, says: RegExp, settings: Settings = believing) =>
      assert.rejects(reach(way, settings), (error) => error instanceof CannotStart && says.test(error.message) && !error.message.includes("openssl"));
    /** Every connection of a log: its owner's, its readers', those of the talk between nodes. */
    const keepsALog = async (way: Way, settings: Settings = believing) => {
      await using fresh = await freshDatabase();
      const connect = { connectionString: fresh.url };
      await using database = openDatabase(connect, 2);
      await using log = await openKafkaLog({ ...(await settingsOf(way, settings)), connect, leases: postgresLeases(database), node: "n" });
      await append(log, "test.clock-1", 3, "none");
      assert.deepEqual((await everything(log)).map(({ revision }) => revision), [0, 1, 2]);
    };

    it("is used with the authority that signed the broker's certificate", () => keepsALog("right"));

    it("is refused with another authority, and where only the system's are believed", async () => {
      await refuses("right", /is not to be believed: unable to verify/, { ...believing, KAFKA_TLS_CA_FILE: certificateAuthority().caFile });
      await refuses("right", /is not to be believed: unable to verify/, { KAFKA_TLS_ENABLED: "1" });
    });

    it("is refused with an expired certificate", () => refuses("expired", /is not to be believed: certificate has expired/));

    it("is refused with a certificate of another host", () => refuses("elsewhere", /is not to be believed: .*does not match certificate's altnames/));

    it("is used whatever the certificate with INSECURE", async () => {
      await keepsALog("expired", { KAFKA_TLS_ENABLED: "1", KAFKA_TLS_INSECURE: "1" });
      await reach("elsewhere", { KAFKA_TLS_ENABLED: "1", KAFKA_TLS_INSECURE: "1" });
    });

    it("shows a broker that asks for one the certificate of this process, and is refused without, or with a stranger's", async () => {
      await keepsALog("strict", showing(authority.client("waybill")));
      await refuses("strict", /does not let this process in: TLS alert .*KAFKA_TLS_CERT_FILE/);
      await refuses("strict", /does not let this process in: TLS alert .*KAFKA_TLS_CERT_FILE/, showing(certificateAuthority().client("waybill")));
    });

    for (const mechanism of ["plain", "scram-sha-512"])
      it(`takes a user with the right password by ${mechanism}, and with no other`, async () => {
        await keepsALog("users", as(mechanism));
        await refuses("users", /does not let KAFKA_USER in: .*invalid (username or password|credentials)/i, as(mechanism, "another"));
      });

    it("is refused where the mechanism is not the broker's, or it asks for no user", async () => {
      await refuses("users", /does not know the KAFKA_SASL_MECHANISM/, as("scram-sha-256"));
      await refuses("right", /asks for no user/, as("plain"));
    });

    it("says where to look when the broker ends the connection: without a user, without TLS on either side", async () => {
      for (const [way, settings] of [["users", believing], ["plain", believing], ["right", {}]] as const)
        await assert.rejects(reach(way, settings), (error) => error instanceof Unavailable && /KAFKA_TLS_ENABLED and KAFKA_USER/.test(String(error.cause)));
    });
  }),
);
