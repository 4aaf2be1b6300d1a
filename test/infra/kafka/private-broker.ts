import { readFileSync, writeFileSync } from "node:fs";
import { cacheFolder } from "#infra/config.ts";
import { hasKafkaJars, kafkaJars } from "#infra/services/kafka/jars.ts";
import { findJava } from "#infra/services/kafka/java.ts";
import type { Line } from "#infra/services/kafka/properties.ts";
import { output } from "#infra/services/output.ts";
import { findProgram } from "#infra/services/programs.ts";
import { privately } from "#test/infra/services/support.ts";
import type { Certificate } from "#test/support/certificates.ts";
import { ownPort } from "#test/support/ports.ts";

/** Whether this machine can start a broker; where Kafka is required, its classes are fetched. */
export const startable: boolean =
  findProgram("java") !== undefined && (hasKafkaJars(cacheFolder()) || /kafka/.test(process.env["WAYBILL_TEST_REQUIRE"] ?? ""));

/** How a way to the broker differs from a plain one at any port. */
export type Way = Partial<Omit<Line, "broker" | "name">>;

/** A broker of the test's own, with these ways to it beside the plain one; answers with the port of each. */
export const privateBroker = async <Name extends string>(ways: Readonly<Record<Name, Way>>) => {
  const lines: Line[] = [];
  for (const [name, way] of Object.entries<Way>(ways)) {
    const port = await ownPort();
    lines.push({ broker: 1, name: name.toUpperCase(), port, advertised: port, ...way });
  }
  const services = await privately({ only: ["kafka"], lines });
  try {
    await services.up();
    const [broker] = services.all;
    if (!broker) throw new Error("no broker");
    const portOf = (name: Name) => lines.find((line) => line.name === name.toUpperCase())?.port ?? 0;
    return { broker, portOf, [Symbol.asyncDispose]: () => services[Symbol.asyncDispose]() };
  } catch (error) {
    await services[Symbol.asyncDispose]();
    throw error;
  }
};

/** A way by TLS with this certificate. `clients`: the authority of those who may come; anybody without it. */
export const tlsWay = ({ certFile, keyFile }: Certificate, clients?: string): Way => {
  const keystore = `${certFile}.keystore`;
  writeFileSync(keystore, readFileSync(keyFile, "utf8") + readFileSync(certFile, "utf8"), { mode: 0o600 });
  return {
    protocol: "SSL",
    settings: {
      "ssl.keystore.type": "PEM",
      "ssl.keystore.location": keystore,
      ...(clients === undefined ? {} : { "ssl.truststore.type": "PEM", "ssl.truststore.location": clients, "ssl.client.auth": "required" }),
    },
  };
};

export interface User {
  readonly name: string;
  readonly password: string;
}

/** The same for users with a password, by PLAIN and, once they are added, by SCRAM. */
export const userWay = (certificate: Certificate, { name, password }: User): Way => ({
  protocol: "SASL_SSL",
  settings: {
    ...tlsWay(certificate).settings,
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
    "plain.sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required user_${name}="${password}";`,
    "scram-sha-512.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
  },
});

/** As an administrator does it. */
export const addScramUser = async (port: number, { name, password }: User): Promise<void> => {
  const [{ path }, jars] = [await findJava(), await kafkaJars(cacheFolder(), () => undefined)];
  const options = ["--bootstrap-server", `127.0.0.1:${port}`, "--alter", "--entity-type", "users", "--entity-name", name, "--add-config", `SCRAM-SHA-512=[password=${password}]`];
  const { code, lines } = await output(path, ["-cp", `${jars}/*`, "kafka.admin.ConfigCommand", ...options]);
  if (code !== 0) throw new Error(lines.join("\n"));
};
