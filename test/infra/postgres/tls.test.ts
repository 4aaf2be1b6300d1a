import assert from "node:assert/strict";
import { Client } from "pg";
import { newId } from "#commands/kernel/command-id.ts";
import { InvalidInput, Unavailable } from "#domain/kernel/errors.ts";
import { CannotStart } from "#infra/cannot-start.ts";
import { readConfig } from "#infra/config.ts";
import { placeOf } from "#infra/data-folder.ts";
import { openDatabaseServer } from "#infra/open-database.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import { openDatabase } from "#infra/postgres/open-database.ts";
import { type Certificate, certificateAuthority } from "#test/support/certificates.ts";
import { startPostgres, type TestServer } from "#test/support/postgres.ts";

const silent = { info: () => undefined, error: () => undefined };

describe("PostgreSQL over TLS", () => {
  const authority = certificateAuthority();
  const right = authority.server();
  let shown: Certificate = right;
  let server: TestServer;
  let plain: TestServer;

  const shows = async (certificate: Certificate) => {
    if (shown === certificate) return;
    shown = certificate;
    await server.kill();
    await server.start();
  };
  const reach = (settings: Readonly<Record<string, string>> = {}) =>
    openDatabaseServer(readConfig({ DATABASE_URL: server.url, DATABASE_TLS_ENABLED: "1", ...settings }), placeOf("/nonexistent"), silent);
  const believing = { DATABASE_TLS_CA_FILE: authority.caFile };
  const refuses = (says: RegExp, settings: Readonly<Record<string, string>> = believing) =>
    assert.rejects(reach(settings), (error) => error instanceof CannotStart && says.test(error.message));
  const urlOf = (change: (url: URL) => void): { readonly DATABASE_URL: string } => {
    const url = new URL(server.url);
    change(url);
    return { DATABASE_URL: url.href };
  };

  before(async () => {
    [server, plain] = await Promise.all([startPostgres({ tls: { caFile: authority.caFile, certificate: () => shown, strict: "strict" } }), startPostgres()]);
    const client = new Client(server.url);
    await client.connect();
    await client.query("create role strict login superuser");
    await client.end();
  });
  beforeEach(() => shows(right));
  after(() => Promise.all([server[Symbol.asyncDispose](), plain[Symbol.asyncDispose]()]));

  it("is used with the authority that signed its certificate, by every connection: of read models, of the log, of the one that listens", async () => {
    const { connect } = await reach(believing);
    await using database = openDatabase(connect, 2);
    await using log = await openPostgresLog({ connect });
    await log.append("s", [{ id: newId(Date.now()), type: "t.Ticked.v1", data: {} }], { expected: "none", cause: { actor: "test", commandId: "c", correlationId: "c" } });
    const connections = () =>
      database.query<{ ssl: boolean; query: string }>({
        text: "select ssl, query from pg_stat_ssl join pg_stat_activity using (pid) where backend_type = 'client backend'",
      });
    let seen = await connections();
    while (!seen.some(({ query }) => query.startsWith("listen"))) seen = await connections();
    assert.ok(seen.length >= 3);
    assert.deepEqual([...new Set(seen.map(({ ssl }) => ssl))], [true]);
  });

  it("is refused where only the system's authorities are believed", () => refuses(/certificate/, {}));

  it("is refused with an expired certificate", async () => {
    await shows(authority.server({ expired: true }));
    await refuses(/certificate has expired/);
  });

  it("is refused with a certificate of another host", async () => {
    await shows(authority.server({ hosts: ["elsewhere.example"] }));
    await refuses(/does not match certificate's altnames/);
  });

  it("is refused where it knows no TLS", () => refuses(/does not support SSL/, { ...believing, DATABASE_URL: plain.url }));

  it("is used whatever its certificate with INSECURE, but not in production", async () => {
    await shows(authority.server({ expired: true, hosts: ["elsewhere.example"] }));
    const insecure = { DATABASE_TLS_INSECURE: "1" };
    await using database = openDatabase((await reach(insecure)).connect, 1);
    assert.deepEqual(await database.query({ text: "select ssl from pg_stat_ssl where pid = pg_backend_pid()" }), [{ ssl: true }]);
    assert.throws(
      () => readConfig({ DATABASE_URL: server.url, DATABASE_TLS_ENABLED: "1", ...insecure, NODE_ENV: "production" }),
      (error) => error instanceof InvalidInput && error.issues[0]?.path[0] === "DATABASE_TLS_INSECURE",
    );
  });

  it("takes a user that must show a certificate with that user's own, and with no other", async () => {
    const strict = urlOf((url) => (url.username = "strict"));
    const showing = ({ certFile, keyFile }: Certificate) => ({ ...believing, ...strict, DATABASE_TLS_CERT_FILE: certFile, DATABASE_TLS_KEY_FILE: keyFile });
    await reach(showing(authority.client("strict")));
    await refuses(/client certificate/, { ...believing, ...strict });
    await refuses(/authentication failed/, showing(authority.client("somebody")));
    await refuses(/certificate|unknown ca/, showing(certificateAuthority().client("strict")));
  });

  it("does not fall back to an unencrypted connection because the URL says so", () => {
    for (const said of ["sslmode=disable", "sslmode=no-verify", "ssl=0", "sslnegotiation=direct", "sslmode=verify-full&sslmode=disable"])
      assert.throws(
        () => readConfig({ ...urlOf((url) => (url.search = said)), DATABASE_TLS_ENABLED: "1" }),
        (error) => error instanceof InvalidInput && error.issues[0]?.path[0] === "DATABASE_URL",
        said,
      );
  });

  it("is checked as ever where the URL asks for the full check, too", async () => {
    const asking = urlOf((url) => (url.search = "sslmode=verify-full"));
    await reach({ ...believing, ...asking });
    await refuses(/certificate/, asking);
  });

  it("is away, not broken, while its certificate is no good", async () => {
    const { connect } = await reach(believing);
    await using database = openDatabase(connect, 1);
    await shows(authority.server({ expired: true }));
    const query = () => database.query({ text: "select 1" });
    await assert.rejects(query, Unavailable);
    await shows(right);
    await query();
  });
});
