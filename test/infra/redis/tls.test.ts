import assert from "node:assert/strict";
import { Unavailable } from "#domain/kernel/errors.ts";
import { readConfig, tlsSettings } from "#infra/config.ts";
import { openRedis } from "#infra/redis/redis.ts";
import { tlsOf } from "#infra/tls.ts";
import { type Authority, type Certificate, certificateAuthority } from "#test/support/certificates.ts";
import { redisProgram, startRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";

/** What becomes of a PING with these settings, as the environment names them: the answer, or the reason why there is none. */
const ping = async (port: number, settings: Readonly<Record<string, string>>, host = "redis://127.0.0.1"): Promise<string> => {
  const config = readConfig({ REDIS_URL: `${host}:${port}/0`, REDIS_TLS_ENABLED: "1", ...settings });
  await using redis = openRedis({ url: config.REDIS_URL ?? "", prefix: "test", tls: await tlsOf(tlsSettings(config, "REDIS")) });
  try {
    return await redis.run((client) => client.ping());
  } catch (error) {
    assert.ok(error instanceof Unavailable);
    return String(error.cause);
  }
};

whenThere("redis", redisProgram, () =>
  describe("A connection to Redis over TLS", () => {
    let ours: Authority;
    let others: Authority;
    let good: Certificate;
    before(() => {
      [ours, others] = [certificateAuthority(), certificateAuthority()];
      good = ours.server();
    });

    /** A server that speaks nothing but TLS. */
    const serve = ({ certFile, keyFile }: Certificate, clients: "yes" | "no" = "no", ...more: string[]) => {
      const files = ["--tls-cert-file", certFile, "--tls-key-file", keyFile, "--tls-ca-cert-file", ours.caFile];
      return startRedis([...files, "--tls-auth-clients", clients, ...more]);
    };

    it("believes a server whose certificate its authority signed", async () => {
      await using server = await serve(good);
      assert.equal(await ping(server.tlsPort, { REDIS_TLS_CA_FILE: ours.caFile }), "PONG");
      assert.equal(await ping(server.tlsPort, { REDIS_TLS_CA_FILE: ours.caFile }, "rediss://localhost"), "PONG");
    });

    it("refuses one that another authority signed, or that the system does not know", async () => {
      await using server = await serve(good);
      assert.match(await ping(server.tlsPort, { REDIS_TLS_CA_FILE: others.caFile }), /unable to verify|self.signed|issuer/i);
      assert.match(await ping(server.tlsPort, {}), /unable to verify|self.signed|issuer/i);
    });

    it("refuses an expired one", async () => {
      await using server = await serve(ours.server({ expired: true }));
      assert.match(await ping(server.tlsPort, { REDIS_TLS_CA_FILE: ours.caFile }), /expired/);
    });

    it("refuses one of another host", async () => {
      await using server = await serve(ours.server({ hosts: ["redis.example"] }));
      assert.match(await ping(server.tlsPort, { REDIS_TLS_CA_FILE: ours.caFile }), /does not match|altnames/i);
    });

    it("believes any with REDIS_TLS_INSECURE", async () => {
      await using server = await serve(ours.server({ hosts: ["redis.example"], expired: true }));
      assert.equal(await ping(server.tlsPort, { REDIS_TLS_INSECURE: "1" }), "PONG");
    });

    it("shows its own certificate to a server that asks for one", async () => {
      await using server = await serve(good, "yes");
      const [client, stranger] = [ours.client("waybill"), others.client("waybill")];
      const believed = { REDIS_TLS_CA_FILE: ours.caFile };
      assert.equal(await ping(server.tlsPort, { ...believed, REDIS_TLS_CERT_FILE: client.certFile, REDIS_TLS_KEY_FILE: client.keyFile }), "PONG");
      assert.notEqual(await ping(server.tlsPort, believed), "PONG");
      assert.notEqual(await ping(server.tlsPort, { ...believed, REDIS_TLS_CERT_FILE: stranger.certFile, REDIS_TLS_KEY_FILE: stranger.keyFile }), "PONG");
    });

    it("takes user and password from the URL, and does not show them", async () => {
      await using server = await serve(good, "no", ..."--user waybill on >s3cret/ ~* &* +@all --user default off".split(" "));
      const believed = { REDIS_TLS_CA_FILE: ours.caFile };
      assert.equal(await ping(server.tlsPort, believed, "redis://waybill:s3cret%2F@127.0.0.1"), "PONG");
      const refused = await ping(server.tlsPort, believed, "redis://waybill:wr0ng@127.0.0.1");
      assert.match(refused, /WRONGPASS/);
      assert.doesNotMatch(refused, /wr0ng/);
    });

    it("does not talk to a server without TLS", async () => {
      await using server = await serve(good);
      assert.notEqual(await ping(server.port, { REDIS_TLS_CA_FILE: ours.caFile }), "PONG");
    });
  }),
);
