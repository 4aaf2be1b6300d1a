import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ask } from "#test/support/graphql.ts";
import { bootstrap } from "#test/support/publishing.ts";
import { now } from "./clock.ts";
import { type Happened, inject } from "./inject.ts";
import { readJournal } from "./journal.ts";
import type { Options } from "./options.ts";
import type { Engine } from "./parts/engines.ts";
import { openStage, partsOf, type Stage, startNodes } from "./parts/stage.ts";
import { dataIn } from "./parts/waybill.ts";
import { onTheLog, type Troupe, troupe } from "./parts/troupe.ts";
import { planOf } from "./plan.ts";
import { randomOf } from "./random.ts";
import { insistently, type Server } from "./settle.ts";
import { type Outcome, verdict } from "./verdict.ts";
import { watchClients } from "./watch-clients.ts";

export const repositories = ["faults-0", "faults-1"] as const;

/** One run on one engine: starts everything, disturbs it, lets it come to rest and judges what is left. All of it goes with `opened`. */
export const run = async (engine: Engine, options: Options, opened: AsyncDisposableStack): Promise<Outcome> => {
  const { tell } = options;
  const stage = await openStage({ ...options, engine, programs: onTheLog }, opened);
  tell(`${[...new Set(stage.servers.map(({ version }) => version))].join(", ")} in ${stage.folder}`);
  await startNodes(stage.nodes, opened);
  const server = await administrator(stage);
  for (const repository of repositories) await insistently(() => bootstrap(server, repository, 4));
  const clients = opened.use(await watchClients(stage.urls, repositories));

  const random = randomOf(options.seed);
  const playing = { ...options, token: server.token, tokenId: server.tokenId, repositories };
  const cast = troupe(stage, random, playing);
  for (const part of [...cast.writers, ...cast.readers]) {
    part.start();
    opened.defer(() => part.stop());
  }
  await insistently(async () => assert.ok(cast.journals().filter((file) => readJournal(file).length > 0).length === cast.writers.length + cast.readers.length));
  const happened = await disturb(stage, cast, options);
  return verdict({ stage, cast, server, clients, happened, options, repositories });
};

/** A token of our own, so that its id is known. */
const administrator = async (stage: Stage): Promise<Server & { readonly tokenId: string }> => {
  const [url = ""] = stage.urls;
  const first = { url, token: readFileSync(join(dataIn(stage.folder), "admin-token"), "utf8").trim() };
  const shape = z.object({ issueToken: z.object({ tokenId: z.string(), secret: z.string() }) });
  const query = "mutation { issueToken(input: { name: \"faults\", scope: ADMIN }) { tokenId secret } }";
  const { issueToken } = await insistently(() => ask(first, query, {}, shape));
  const server = { url, token: issueToken.secret, tokenId: z.string().parse(issueToken.tokenId) };
  // Read models know it in a moment.
  await insistently(() => ask(server, "{ status { version } }", {}, z.unknown()));
  return server;
};

const restMs = 1500;

/** Carries out the plan; resolves when the time is over and everything is healed. */
const disturb = async (stage: Stage, cast: Troupe, { seed, seconds, tell }: Options): Promise<readonly Happened[]> => {
  const began = now();
  const groups = [...new Set(stage.servers.map(({ group }) => group))];
  const parts = partsOf(stage, [...cast.writers, ...cast.readers]);
  const lanes = Map.groupBy(planOf(seed, seconds, groups), ({ victim }) => groups.some((group) => group === victim));
  const happened: Happened[] = [];
  const lane = async (faults: readonly Parameters<typeof inject>[0][]) => {
    for (const [index, fault] of faults.entries()) {
      // What took longer than planned is still followed by a rest.
      await sleep(Math.max(index > 0 ? restMs : 0, began + fault.at - now()));
      if (now() - began > seconds * 1000) return;
      const one = await inject(fault, stage, parts);
      if (!one) continue;
      happened.push(one);
      tell(`${((one.began - began) / 1000).toFixed(1)} s: ${fault.deed} ${fault.victim}: ${one.on}, ${((one.healed - one.began) / 1000).toFixed(1)} s`);
    }
  };
  await Promise.all([...[...lanes.values()].map(lane), sleep(seconds * 1000)]);
  return happened.toSorted((a, b) => a.began - b.began);
};
