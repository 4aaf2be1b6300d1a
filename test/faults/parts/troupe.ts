import { join } from "node:path";
import type { Random } from "#test/faults/random.ts";
import { type Part, part, type Role } from "./part.ts";
import type { Stage } from "./stage.ts";

/** The programs that write and read while the faults happen. */
export interface Troupe {
  readonly writers: readonly Part[];
  readonly readers: readonly Part[];
  /** Files of their journals: one for each start of a writer. */
  readonly journals: () => readonly string[];
}

export interface Playing {
  /** Over the API. */
  readonly writers: number;
  /** Over the port itself, in each of two processes. */
  readonly logWriters: number;
  readonly paceMs: number;
  readonly token: string;
  readonly tokenId: string;
  readonly repositories: readonly string[];
}

/** Those on the port itself are processes with lines of their own to the servers. */
export const onTheLog = ["log-writer-1", "log-writer-2", "log-reader-1", "log-reader-2"] as const;

export const troupe = (stage: Stage, random: Random, playing: Playing): Troupe => {
  const { writers, logWriters, paceMs, ...served } = playing;
  const journals: string[] = [];
  const urls = stage.urls.map((url) => `${url}/graphql`);

  const cast = (name: string, role: Role, program: string, more: object): Part => {
    const seed = random.whole(0, 1e9);
    const environment = onTheLog.some((one) => one === name) ? stage.environment(name) : {};
    return part({
      name,
      role,
      output: join(stage.folder, `${name}.log`),
      launch: (start) => {
        // A writer's journal ends with its process; a reader goes on in its own.
        const own = role === "writer" ? `${name}.${start}` : name;
        const journal = join(stage.folder, `${own}.jsonl`);
        if (!journals.includes(journal)) journals.push(journal);
        const setting = { name: own, seed: seed + start * 1000, journal, paceMs, writers: 1, urls, ...served, ...more };
        return { options: ["--max-old-space-size=256", `test/faults/programs/${program}.ts`, JSON.stringify(setting)], environment };
      },
    });
  };
  return {
    writers: [
      cast("command-writer", "writer", "command-writer", { writers }),
      ...onTheLog.slice(0, 2).map((name) => cast(name, "writer", "log-writer", { writers: logWriters })),
    ],
    readers: [
      ...["event-reader-1", "event-reader-2"].map((name) => cast(name, "reader", "event-reader", {})),
      ...onTheLog.slice(2).map((name) => cast(name, "reader", "log-reader", {})),
    ],
    journals: () => journals,
  };
};
