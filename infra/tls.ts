import { readFile } from "node:fs/promises";
import { z } from "zod";
import { CannotStart } from "./cannot-start.ts";

/** How one dependency is reached over TLS, as configured. */
export interface TlsSettings {
  readonly enabled: boolean;
  /** PEM file of the authorities that are believed, instead of the system's. */
  readonly caFile: string | undefined;
  /** Any certificate is believed: for trying out. */
  readonly insecure: boolean;
  /** PEM files of the certificate that this client shows, and of its key. */
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

/** As `node:tls` takes it; the files' contents in PEM. */
export interface Tls {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const flag = z.enum(["1", "true", "0", "false"], "must be 1 or 0").transform((word) => word === "1" || word === "true").default(false);
const file = z.string().min(1).optional();

/** Environment variables of each dependency. */
export const tlsVariables = {
  DATABASE_TLS_ENABLED: flag,
  DATABASE_TLS_CA_FILE: file,
  DATABASE_TLS_INSECURE: flag,
  DATABASE_TLS_CERT_FILE: file,
  DATABASE_TLS_KEY_FILE: file,
  EVENTSTORE_TLS_ENABLED: flag,
  EVENTSTORE_TLS_CA_FILE: file,
  EVENTSTORE_TLS_INSECURE: flag,
  EVENTSTORE_TLS_CERT_FILE: file,
  EVENTSTORE_TLS_KEY_FILE: file,
  KAFKA_TLS_ENABLED: flag,
  KAFKA_TLS_CA_FILE: file,
  KAFKA_TLS_INSECURE: flag,
  KAFKA_TLS_CERT_FILE: file,
  KAFKA_TLS_KEY_FILE: file,
  REDIS_TLS_ENABLED: flag,
  REDIS_TLS_CA_FILE: file,
  REDIS_TLS_INSECURE: flag,
  REDIS_TLS_CERT_FILE: file,
  REDIS_TLS_KEY_FILE: file,
} as const;

/** What is wrong with the settings of one dependency, by the name of its variables. */
export const tlsContradictions = (of: string, { enabled, insecure, caFile, certFile, keyFile }: TlsSettings, production: boolean) => {
  const complaints: readonly (readonly [wrong: boolean, name: string, message: string])[] = [
    [insecure && production, "INSECURE", "is refused with NODE_ENV=production"],
    [certFile !== undefined && keyFile === undefined, "KEY_FILE", "is missing: certificate and key belong together"],
    [certFile === undefined && keyFile !== undefined, "CERT_FILE", "is missing: certificate and key belong together"],
    [!enabled && (insecure || (caFile ?? certFile ?? keyFile) !== undefined), "ENABLED", "must be 1 for the other TLS settings to mean something"],
  ];
  return complaints.flatMap(([wrong, name, message]) => (wrong ? [{ path: [`${of}_TLS_${name}`], message }] : []));
};

/** Undefined where TLS is off. Throws `CannotStart` for a file that cannot be read. */
export const tlsOf = async ({ enabled, caFile, insecure, certFile, keyFile }: TlsSettings): Promise<Tls | undefined> => {
  if (!enabled) return undefined;
  const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map(pem));
  return {
    rejectUnauthorized: !insecure,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
};

const pem = async (path: string | undefined): Promise<string | undefined> => {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new CannotStart(`cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
};
