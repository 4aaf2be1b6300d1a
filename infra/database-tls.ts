interface DatabaseSettings {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_TLS_ENABLED: boolean;
  readonly PGSSLMODE?: string | undefined;
}

interface Complaint {
  readonly path: string[];
  readonly message: string;
}

const inUrl = ["ssl", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslnegotiation", "uselibpqcompat"] as const;

/**
 * `pg` takes TLS from three places, and what stands in the URL wins in silence: `sslmode=disable` there would undo
 * `DATABASE_TLS_ENABLED=1`, `sslmode=no-verify` the authority. So there is one place, and the others must not say anything else.
 */
export const databaseTlsContradictions = ({ DATABASE_URL: url, DATABASE_TLS_ENABLED: enabled, PGSSLMODE: mode }: DatabaseSettings): Complaint[] => {
  if (url === undefined)
    return enabled ? [{ path: ["DATABASE_TLS_ENABLED"], message: "is for the server of DATABASE_URL, which is not set" }] : [];
  const { searchParams } = new URL(url);
  const given = inUrl.filter((name) => searchParams.has(name) && !isSame(searchParams.getAll(name).join(), enabled));
  const complaints = given.map((name) => ({ path: ["DATABASE_URL"], message: `must not say ${name}=${searchParams.get(name)}: ${instead}` }));
  if (mode === undefined || isSame(mode, enabled)) return complaints;
  return [...complaints, { path: ["PGSSLMODE"], message: `must not be ${mode}: ${instead}` }];
};

const instead = "TLS to PostgreSQL is set by DATABASE_TLS_ENABLED=1 and DATABASE_TLS_CA_FILE";

/** What says the same as our setting may stay: `disable` where TLS is off, the full check where it is on. */
const isSame = (mode: string, enabled: boolean): boolean => mode === (enabled ? "verify-full" : "disable");
