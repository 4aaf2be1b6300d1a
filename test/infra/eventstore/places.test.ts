import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Unavailable } from "#domain/kernel/errors.ts";
import { CannotStart } from "#infra/cannot-start.ts";
import { readConfig } from "#infra/config.ts";
import { openEventStoreLog } from "#infra/eventstore/event-log.ts";
import { eventStoreOf } from "#infra/eventstore/settings.ts";
import { append } from "#test/conformance/event-log/harness.ts";
import { type Certificate, certificateAuthority } from "#test/support/certificates.ts";
import { type ProtocolServer, startProtocolServer } from "#test/support/eventstore.ts";
import { freshDatabase } from "#test/support/postgres.ts";

const authority = certificateAuthority();
const dead = "127.0.0.1:9";

describe("The EventStoreDB protocol server, reached by its settings", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  before(async () => (database = await freshDatabase()));
  after(() => database[Symbol.asyncDispose]());

  const opened = async (settings: Readonly<Record<string, string>>) =>
    openEventStoreLog({ ...(await eventStoreOf(readConfig({ LOG_ENGINE: "eventstoredb", ...settings }))), connect: { connectionString: database.url } });
  const works = async (settings: Readonly<Record<string, string>>) => {
    await using log = await opened(settings);
    assert.ok((await append(log, "test.clock-1")).position > 0);
  };
  const believing = { EVENTSTORE_TLS_ENABLED: "1", EVENTSTORE_TLS_CA_FILE: authority.caFile };

  it("is spoken to over TLS where nothing else is said", async () => {
    await using server = await startProtocolServer();
    await assert.rejects(opened({ EVENTSTORE_URL: plainly(server) }), Unavailable);
    await works({ EVENTSTORE_URL: server.url });
  });

  it("is believed with a certificate of the authority that was given, and with no other", async () => {
    await using server = await secured(authority.server());
    await works({ EVENTSTORE_URL: plainly(server), ...believing });
    const stranger = certificateAuthority().caFile;
    await assert.rejects(opened({ EVENTSTORE_URL: plainly(server) }), distrusted);
    await assert.rejects(opened({ EVENTSTORE_URL: plainly(server), ...believing, EVENTSTORE_TLS_CA_FILE: stranger }), distrusted);
    await works({ EVENTSTORE_URL: plainly(server), EVENTSTORE_TLS_ENABLED: "1", EVENTSTORE_TLS_INSECURE: "1" });
  });

  for (const [what, how] of [["that has expired", { expired: true }], ["for another host", { hosts: ["elsewhere.test"] }]] as const)
    it(`is not believed with a certificate ${what}`, async () => {
      await using server = await secured(authority.server(how));
      await assert.rejects(opened({ EVENTSTORE_URL: plainly(server), ...believing }), distrusted);
    });

  it("is shown a client's certificate", async () => {
    const { certFile, keyFile } = authority.client("waybill");
    const { certFile: cert, keyFile: key } = authority.server();
    const tls = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8"), clientCa: readFileSync(authority.caFile, "utf8") };
    await using server = await startProtocolServer({ tls });
    await works({ EVENTSTORE_URL: plainly(server), ...believing, EVENTSTORE_TLS_CERT_FILE: certFile, EVENTSTORE_TLS_KEY_FILE: keyFile });
    await assert.rejects(opened({ EVENTSTORE_URL: plainly(server), ...believing }), notLetIn);
  });

  it("lets in whom it knows, and says so where it does not", async () => {
    await using server = await secured(authority.server(), { credentials: "waybill:secret" });
    await works({ EVENTSTORE_URL: plainly(server), ...believing, EVENTSTORE_USER: "waybill", EVENTSTORE_PASSWORD: "secret" });
    await works({ EVENTSTORE_URL: `esdb://waybill:secret@127.0.0.1:${server.port}`, ...believing });
    const wrong = opened({ EVENTSTORE_URL: plainly(server), ...believing, EVENTSTORE_USER: "waybill", EVENTSTORE_PASSWORD: "wrong" });
    await assert.rejects(wrong, notLetIn);
    await assert.rejects(wrong, (error) => error instanceof Error && !error.message.includes("wrong"));
  });

  it("is refused where the settings contradict each other", async () => {
    await using server = await startProtocolServer();
    await assert.rejects(opened({ EVENTSTORE_URL: server.url, ...believing }), CannotStart);
    await assert.rejects(opened({ EVENTSTORE_URL: server.url, EVENTSTORE_USER: "waybill" }), CannotStart);
    const openly = opened({ EVENTSTORE_URL: server.url, EVENTSTORE_USER: "waybill", EVENTSTORE_PASSWORD: "secret" });
    await assert.rejects(openly, (error) => error instanceof CannotStart && /EVENTSTORE_PASSWORD is sent over TLS only/.test(error.message));
    await assert.rejects(opened({ EVENTSTORE_URL: "esdb://127.0.0.1:no" }), CannotStart);
  });

  it("is found among the nodes of a cluster, of which one is dead", async () => {
    await using server = await startProtocolServer();
    const leader = { host: "127.0.0.1", port: server.port, state: "leader", alive: true } as const;
    await server.order({ members: [{ host: "127.0.0.1", port: 9, state: "leader", alive: false }, leader] });
    await works({ EVENTSTORE_URL: `esdb://${dead},127.0.0.1:${server.port}?tls=false` });
    await works({ EVENTSTORE_URL: `esdb+discover://127.0.0.1:${server.port}?tls=false` });
    await assert.rejects(opened({ EVENTSTORE_URL: `esdb://${dead},127.0.0.1:10?tls=false&maxDiscoverAttempts=2` }), Unavailable);
  });

  it("is found by a node that is not the leader any more", async () => {
    await using server = await startProtocolServer();
    await using follower = await startProtocolServer({ leader: { host: "127.0.0.1", port: server.port } });
    await works({ EVENTSTORE_URL: follower.url });
  });
});

const distrusted = (error: unknown) => error instanceof CannotStart && /is not to be believed/.test(error.message);
const notLetIn = (error: unknown) => error instanceof CannotStart && /does not let this user in/.test(error.message);

const secured = (certificate: Certificate, more: Parameters<typeof startProtocolServer>[0] = {}) =>
  startProtocolServer({ ...more, tls: { cert: readFileSync(certificate.certFile, "utf8"), key: readFileSync(certificate.keyFile, "utf8"), ...more.tls } });

const plainly = ({ port }: ProtocolServer) => `esdb://127.0.0.1:${port}`;
