import { Unavailable } from "#domain/kernel/errors.ts";
import { CannotStart } from "#infra/cannot-start.ts";
import { protocolError } from "./failure.ts";

/**
 * What the first question to the cluster failed with: `CannotStart` where it does not let us in, or is not whom it says it is; otherwise
 * `Unavailable`. Later it is always `Unavailable`: a process that runs goes on when its operator has mended it.
 */
export const atStart = (error: unknown, brokers: readonly string[]): Error => {
  if (error instanceof CannotStart) return error;
  const cluster = `the Kafka of KAFKA_BROKERS, ${brokers.join(",")},`;
  const reasons = chain(error);
  for (const [says, answer] of obstacles) {
    const reason = reasons.find((each) => says.test(`${each.name} ${protocolError(each)} ${each.message}`));
    if (reason) return new CannotStart(`${cluster} ${answer(plainly(reason.message))}`, { cause: error });
  }
  const ended = reasons.some(({ message }) => /^Closed connection|before secure TLS connection/.test(message));
  return new Unavailable("log", { cause: ended ? new Error(`${cluster} ends the connection: look at KAFKA_TLS_ENABLED and KAFKA_USER where it goes on`, { cause: error }) : error });
};

const obstacles: readonly (readonly [says: RegExp, answer: (message: string) => string])[] = [
  [/alert/, (message) => `does not let this process in: ${message} (KAFKA_TLS_CERT_FILE, KAFKA_TLS_KEY_FILE)`],
  [/KafkaJSConnectionError .*(?:certificate|altnames|self.signed)/i, (message) => `is not to be believed: ${message}`],
  [/UNSUPPORTED_SASL_MECHANISM/, () => "does not know the KAFKA_SASL_MECHANISM"],
  [/ILLEGAL_SASL_STATE/, () => "asks for no user there: leave KAFKA_USER out, or take the port that does"],
  [/KafkaJSSASLAuthenticationError/, (message) => `does not let KAFKA_USER in: ${message}`],
];

const chain = (error: unknown): Error[] => (error instanceof Error ? [error, ...chain(error.cause)] : []);

/** Without where in OpenSSL it was noticed. */
const plainly = (message: string): string => {
  const alert = /tls alert [a-z ]+/.exec(message);
  return alert ? alert[0].replace("tls", "TLS") : message.replace("Connection error: ", "").trimEnd();
};
