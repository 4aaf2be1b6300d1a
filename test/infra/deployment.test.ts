import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "#infra/config.ts";
import { tlsVariables } from "#infra/tls.ts";

const compose = readFileSync("docker-compose.yml", "utf8");
const overlay = readFileSync("docker-compose.tls.yml", "utf8");
const dockerfile = readFileSync("Dockerfile", "utf8");
const packageJson = readFileSync("package.json", "utf8");

/** The block below `name:` at this depth of a file that is indented by two. */
const block = (text: string, name: string, depth: number): string => {
  const indent = "  ".repeat(depth);
  const found = new RegExp(`^${indent}${name}:.*\\n((?:${indent}  .*\\n|\\s*\\n|\\s*#.*\\n)*)`, "m").exec(text);
  assert.ok(found, `there is a block ${name}`);
  return found[1] ?? "";
};

/** Names and texts of the services. */
const servicesOf = (text: string): readonly (readonly [name: string, text: string])[] => {
  const all = block(text, "services", 0);
  return [...all.matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name = ""]) => [name, block(all, name, 1)]);
};

const environmentOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^ +([A-Z][A-Z_]+): "?(.*?)"?$/gm)].map(([, name = "", value = ""]) => [name, filled(value)]));

/** As compose fills in variables, with a value for each that has to be given. */
const filled = (value: string): string => value.replaceAll(/\$\{\w+:\?[^}]*\}/g, "secret").replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1");

const known = new Set([...readFileSync("infra/config.ts", "utf8").matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name).concat(Object.keys(tlsVariables)));

const settings = environmentOf(block(compose, "x-settings", 0));
const tlsSettings = { ...settings, ...environmentOf(block(overlay, "x-settings", 0)) };
const ours = servicesOf(compose).filter(([name]) => name.startsWith("waybill-"));
const servers = servicesOf(compose).filter(([name]) => !name.startsWith("waybill-"));

describe("docker-compose.yml", () => {
  it("has Waybill in all its roles, and the servers that it may need", () => {
    assert.deepEqual(ours.map(([name]) => name), ["waybill-api", "waybill-projector", "waybill-worker", "waybill-deliverer"]);
    assert.deepEqual(servers.map(([name]) => name), ["postgres", "redis", "kafka", "eventstoredb"]);
  });

  for (const [name, text] of servers)
    it(`pins ${name} to one version, keeps it up and looks after its health`, () => {
      assert.match(text, /^ {4}image: [a-z/]+:\d+\.\d+\.?\d*(-[a-z]+)?$/m);
      assert.match(text, /^ {4}restart: unless-stopped$/m);
      assert.match(text, /^ {4}healthcheck:\n {6}(#.*\n {6})?test: \["CMD/m);
    });

  for (const [name, text] of ours)
    it(`runs ${name} as the image of this version, which is healthy when it is ready`, () => {
      assert.match(text, /^ {4}<<: \*waybill$/m);
      assert.match(block(compose, "x-waybill", 0), /healthcheck:\n {4}test: .*"\/readyz"\]/);
      assert.match(block(compose, "x-waybill", 0), new RegExp(`image: waybill:${/"version": "([^"]+)"/.exec(packageJson)?.[1]}\n`));
    });

  for (const engine of ["postgres", "kafka", "eventstoredb"])
    for (const [name, text] of ours)
      for (const [way, given] of [["", settings], [" over TLS", tlsSettings]] as const)
        it(`gives ${name} settings that it takes, with the log in ${engine}${way}`, () => {
          const environment = { ...given, ...environmentOf(text), LOG_ENGINE: engine, NODE_ENV: "production" };
          assert.deepEqual(Object.keys(environment).filter((each) => !known.has(each)), []);
          assert.deepEqual(readConfig(environment).WAYBILL_ROLE, [name.replace("waybill-", "")]);
        });

  it("starts a log engine's server by the profile of the engine's name only", () => {
    for (const [name, text] of servers) {
      const profiles = /^ {4}profiles: \[(.*)\]$/m.exec(text)?.[1];
      assert.equal(profiles, name === "kafka" || name === "eventstoredb" ? name : undefined);
    }
  });

  it("has no secret in it, and no port that another machine reaches", () => {
    for (const text of [compose, overlay]) {
      for (const [line] of text.matchAll(/^.*(PASSWORD|PASSPHRASE|REDISCLI_AUTH): .*$/gm)) assert.match(line, /: \$\{\w+:\?run infra\/docker\/secrets\.sh first\}$/);
      for (const [line] of text.matchAll(/^ +ports: .*$/gm)) assert.match(line, /\["127\.0\.0\.1:/);
    }
  });

  it("has its TLS variant for every service", () => {
    assert.deepEqual(servicesOf(overlay).map(([name]) => name), servicesOf(compose).map(([name]) => name));
  });
});

describe("The Dockerfile", () => {
  it("takes the Node that this project runs on", () => assert.equal(/^ARG BASE=node:([\d.]+)-/m.exec(dockerfile)?.[1], /"node": "([\d.]+)"/.exec(packageJson)?.[1]));

  it("leaves out what only development and the embedded default need, and runs nobody's scripts", () => assert.match(dockerfile, /npm ci --omit=dev --omit=optional --ignore-scripts/));

  it("runs as a plain user, with a health check", () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf("FROM "));
    assert.match(last, /^USER node$/m);
    assert.match(last, /^HEALTHCHECK .*"infra\/docker\/health\.js", "\/healthz"\]$/m);
    assert.match(last, /^ENTRYPOINT \["node", "infra\/waybill\.js"\]\nCMD \["serve"\]$/m);
  });

  it("gets nothing but what it copies: neither data nor secrets", () => {
    const [first, ...rest] = readFileSync(".dockerignore", "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
    assert.equal(first, "*");
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names = ""]) => names.split(" "));
    assert.deepEqual(rest.filter((line) => line.startsWith("!")).map((line) => line.slice(1)).toSorted(), [...new Set(copied)].toSorted());
  });
});

describe("The scripts beside docker-compose.yml", () => {
  const folder = mkdtempSync(join(tmpdir(), "waybill-deployment-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("write secrets once, for nobody else's eyes, and every one that the file asks for", () => {
    mkdirSync(join(folder, "infra"));
    cpSync("infra/docker", join(folder, "infra/docker"), { recursive: true });
    const run = () => spawnSync("sh", [join(folder, "infra/docker/secrets.sh")], { encoding: "utf8" });
    assert.equal(run().status, 0);
    const written = readFileSync(join(folder, ".env"), "utf8");
    assert.equal(statSync(join(folder, ".env")).mode & 0o777, 0o600);
    const asked = new Set([...(compose + overlay).matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
    for (const name of asked) assert.match(written, new RegExp(`^${name}=[0-9a-f]{48}$`, "m"));
    assert.equal(run().status, 1);
    assert.equal(readFileSync(join(folder, ".env"), "utf8"), written);
  });

  it("make certificates that are good for the names of their servers, and keep the authority's key apart", () => {
    const made = join(folder, "certificates");
    execFileSync("sh", ["infra/docker/certificates.sh", made]);
    const verify = (name: string, host: string) =>
      spawnSync("openssl", ["verify", "-CAfile", join(made, "ca.crt"), "-purpose", "sslserver", "-verify_hostname", host, join(made, `${name}.crt`)]).status;
    for (const [name] of servers) assert.equal(verify(name, name), 0, name);
    assert.notEqual(verify("redis", "postgres"), 0);
    assert.deepEqual(["", "ca.key"].map((name) => statSync(join(made, name)).mode & 0o777), [0o700, 0o600]);
    const mounted = [...overlay.matchAll(/\.\/certificates\/([\w.]+):/g)].map(([, name]) => name);
    assert.deepEqual(mounted.filter((name) => !readdirSync(made).includes(name ?? "")), []);
    assert.ok(!mounted.includes("ca.key"));
  });
});
