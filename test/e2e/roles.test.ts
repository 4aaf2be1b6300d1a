import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { temporary } from "#test/support/embedded-postgres/folders.ts";
import { sharedEngineName } from "#test/support/engine.ts";
import { ask } from "#test/support/graphql.ts";
import { type Installation, newInstallation, type Served } from "#test/support/installation.ts";
import { newcomer } from "#test/support/newcomer.ts";
import { eventually } from "#test/support/projecting.ts";
import { add, contentOf, settled } from "#test/support/publishing.ts";
import { isAnswered } from "#test/support/quickstart.ts";
import { readmeCommands } from "#test/support/readme.ts";
import { tufClients } from "#test/support/tuf-client.ts";

const redis = Boolean(process.env["REDIS_URL"]);
const roles: readonly string[] = ["api", "projector", "worker", "deliverer"];
const [, quickstart = []] = readmeCommands;

const Status = z.object({ status: z.object({ workers: z.array(z.object({ name: z.string(), kind: z.string() })) }) });
const publishersOf = async (one: Served) => (await ask(one, "{ status { workers { name kind } } }", {}, Status)).status.workers.filter(({ kind }) => kind === "publication");
const Problem = z.object({ status: z.int(), detail: z.string() });

describe(`Three processes of each role on ${sharedEngineName}${redis ? " with Redis" : ""}`, () => {
  let installation: Installation;
  let clients: Awaited<ReturnType<typeof tufClients>>;
  const running = new Map<string, Served[]>();
  const reader = newcomer(join(temporary("waybill-"), "project"));
  const acknowledged: string[] = [];

  const apis = () => running.get("api") ?? [];
  const api = (nth: number): Served => {
    const found = apis()[nth % apis().length];
    assert.ok(found);
    return found;
  };
  const start = async (role: string) => {
    const served = await installation.serve(role);
    running.set(role, [...(running.get(role) ?? []), served]);
  };

  /** One of each role dies without a word; a client of the api that died goes to another. */
  const killOneOfEach = async () => {
    for (const role of roles) {
      const [first, ...others] = running.get(role) ?? [];
      running.set(role, others);
      await first?.kill("SIGKILL");
    }
  };
  /** Asked again elsewhere, where the answer is lost with its process. */
  const adds = async (name: string) => {
    for (let nth = 0; ; nth++) {
      const added = await add(api(nth), "demo", [name]).catch(() => null);
      if (added !== null) break;
      await sleep(50);
    }
    acknowledged.push(name);
  };

  before(async () => {
    installation = await newInstallation();
    // All at once, into a folder and a database where nothing is yet.
    await Promise.all(roles.flatMap((role) => [1, 2, 3].map(() => start(role))));
    clients = await tufClients(() => `${api(0).url}/tuf/demo`);
    await reader.arrives();
  });
  after(async () => {
    await clients[Symbol.asyncDispose]();
    await installation[Symbol.asyncDispose]();
  });

  it("say what they are, and where they are asked after", () => {
    for (const role of roles) for (const { output } of running.get(role) ?? []) assert.match(output(), new RegExp(`is ready after .* s, as ${role}\\.\\n`));
    assert.match(running.get("projector")?.[0]?.output() ?? "", /Health +http:.*\/readyz/);
  });

  it("agree on the administrator's token", async () => {
    for (const one of apis()) await ask(one, "{ status { version } }", {}, z.unknown());
  });

  it("are shown in the status of any of them", async () => {
    // Each says so beside its work, and does not wait for it.
    const shown = await eventually(() => publishersOf(api(1)), ({ length }) => length >= 3);
    assert.equal(shown.length, 3);
  });

  it("answer health, and say that they are no api where they are none", async () => {
    for (const role of roles.filter((role) => role !== "api"))
      for (const { url } of running.get(role) ?? []) {
        for (const path of ["/healthz", "/readyz"]) assert.equal((await fetch(`${url}${path}`)).status, 200, `${role}${path}`);
        for (const path of ["/graphql", "/tuf/demo/metadata/timestamp.json", "/blobs"]) {
          const { status, detail } = Problem.parse(await (await fetch(`${url}${path}`)).json());
          assert.deepEqual([status, detail.includes(`a ${role} of Waybill`)], [404, true], detail);
        }
      }
  });

  for (const [nth, line] of quickstart.entries())
    it(`${line} (by another api each, one process of each role dies in the middle)`, async () => {
      if (nth === 2) await killOneOfEach();
      reader.sets({ WAYBILL_DATA: installation.data, WAYBILL_URL: api(nth).url });
      await isAnswered(reader, line);
      if (nth === 2) assert.deepEqual(readFileSync(join(reader.folder, "out")), readFileSync(join(reader.folder, "README.md")));
    });

  for (let round = 1; round <= 2; round++)
    it(`lose nothing while one of each role is killed under load, and others take over (${round})`, async () => {
      await Promise.all(roles.map(start));
      const killed = new AbortController();
      const load = [1, 2, 3].map(async (writer) => {
        for (let nth = 1; !killed.signal.aborted || nth < 5; nth++) await adds(`round ${round}, writer ${writer}, ${nth}`);
      });
      await sleep(300);
      await killOneOfEach();
      killed.abort();
      await Promise.all(load);
      await settled(api(0), "demo");
      const client = await clients.cold();
      for (const name of acknowledged) assert.equal(await client.fetch(name), contentOf(name));
    });

  it("end one after the other with exit code 0 and give their work away", async () => {
    await Promise.all(roles.map(start));
    for (const role of roles) {
      const [first, ...others] = running.get(role) ?? [];
      assert.equal(await first?.kill("SIGTERM"), 0, first?.output());
      running.set(role, others);
    }
    await adds("after an orderly stop of one of each");
    await settled(api(0), "demo");
  });
});
