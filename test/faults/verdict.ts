import { cpus } from "node:os";
import type { Finding } from "./check/finding.ts";
import { check } from "./check.ts";
import type { Comparison } from "./compare.ts";
import { newClient } from "./clients.ts";
import { type Entry, type History, historyOf } from "./history.ts";
import type { Happened } from "./inject.ts";
import { readJournal } from "./journal.ts";
import { wholeLog } from "./logged.ts";
import type { Options } from "./options.ts";
import { type Engine, nameOf } from "./parts/engines.ts";
import type { Part } from "./parts/part.ts";
import type { Stage } from "./parts/stage.ts";
import type { Troupe } from "./parts/troupe.ts";
import { openSharedLog } from "./programs/open-log.ts";
import { compareWithRebuild } from "./rebuild.ts";
import { atRest, type Server, targetsOf, within } from "./settle.ts";
import type { WatchingClients } from "./watch-clients.ts";

/** Everything that a run has shown. */
export interface Outcome {
  /** As results name it. */
  readonly engine: string;
  /** As the command names it. */
  readonly chosen: Engine;
  readonly options: Options;
  readonly versions: readonly string[];
  readonly machine: string;
  readonly entries: readonly Entry[];
  readonly history: History;
  readonly events: number;
  readonly findings: readonly Finding[];
  readonly happened: readonly Happened[];
  readonly readModels: Comparison;
  /** What went wrong besides: clients that could not trust, somebody who never came to an end. */
  readonly troubles: readonly string[];
  readonly clientUpdates: number;
  readonly targets: number;
  /** Ends of processes that nobody asked for. */
  readonly unexpected: readonly string[];
}

interface Over {
  readonly stage: Stage;
  readonly cast: Troupe;
  readonly server: Server;
  readonly clients: WatchingClients;
  readonly happened: readonly Happened[];
  readonly options: Options;
  readonly repositories: readonly string[];
}

const patienceMs = 120_000;

/** Lets everything come to rest, and compares what everybody was told with what is there. */
export const verdict = async (over: Over): Promise<Outcome> => {
  const { stage, cast, server, clients, options, repositories } = over;
  const troubles = await ended(cast.writers, 0);
  options.tell("writers have ended");
  const head = await atRest(server, repositories);
  options.tell(`at rest at ${head}`);
  troubles.push(...(await ended(cast.readers, head)));
  troubles.push(...(await clients.rest()));
  const entries = cast.journals().flatMap(readJournal);
  const history = historyOf(entries);
  troubles.push(...behind(cast.readers, history, head));
  await using log = await openSharedLog(stage.undisturbed);
  const events = await wholeLog(log);
  options.tell(`${events.length} events in the log, ${history.attempts.length} commands, ${history.readers.size} readers`);
  const readModels = await compareWithRebuild(stage);
  const updated = await lastUpdates(over);
  return {
    chosen: stage.engine,
    engine: nameOf(stage.engine, stage.servers),
    options,
    versions: [`Node.js ${process.version}`, ...new Set(stage.servers.map(({ version }) => version))],
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    entries,
    history,
    events: events.length,
    findings: check(history, events),
    happened: over.happened,
    readModels,
    troubles: [...troubles, ...updated.troubles],
    clientUpdates: clients.updates(),
    targets: updated.targets,
    unexpected: [...stage.nodes.map(({ part }) => part), ...cast.writers, ...cast.readers].flatMap(({ unexpected }) => unexpected),
  };
};

/** Tells programs to come to an end; those that do not are named. */
const ended = async (parts: readonly Part[], until: number): Promise<string[]> => {
  const results = await Promise.all(
    parts.map((part) => {
      const end = part.ended();
      part.tell({ until });
      return within(patienceMs, `${part.name} comes to an end`, end).then(() => [], (error: unknown) => [String(error)]);
    }),
  );
  return results.flat();
};

const behind = (readers: readonly Part[], history: History, head: number): readonly string[] =>
  readers.flatMap(({ name }) => {
    const last = history.readers.get(name)?.at(-1)?.position ?? 0;
    return last >= head ? [] : [`${name} has come to ${last} of ${head}`];
  });

/** Clients that have seen everything and clients that have seen nothing find every target of the repository, from every process. */
const lastUpdates = async ({ stage, server, clients, repositories }: Over): Promise<{ troubles: string[]; targets: number }> => {
  const troubles: string[] = [];
  let targets = 0;
  for (const repository of repositories) {
    const paths = await targetsOf(server, repository);
    targets += paths.length;
    for (const url of stage.urls) {
      await using cold = await newClient(url, repository);
      for (const client of [cold, clients.clients.get(repository) ?? cold])
        try {
          const missing = await client.missing(url, paths);
          if (missing.length > 0) troubles.push(`${repository}: ${missing.length} of ${paths.length} targets are unknown to a client, as ${missing[0]}`);
        } catch (error) {
          troubles.push(`${repository}: a client cannot update: ${String(error)}`);
        }
    }
  }
  return { troubles, targets };
};
