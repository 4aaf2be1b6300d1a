import { setTimeout as sleep } from "node:timers/promises";
import type { Weather } from "#test/support/proxy.ts";
import { now } from "./clock.ts";
import { holderOf } from "./parts/holder.ts";
import type { Part } from "./parts/part.ts";
import type { Server, ServerProcess } from "./parts/server.ts";
import type { Stage } from "./parts/stage.ts";
import type { Fault } from "./plan.ts";

/** A fault that has happened. */
export interface Happened {
  readonly fault: Fault;
  /** What was hit, in words. */
  readonly on: string;
  readonly began: number;
  /** When it was healed: a killed one was started again, which is not yet to say that it worked. */
  readonly healed: number;
}

/** Brings one fault about and heals it; null where there is nobody to be hit. */
export const inject = async (fault: Fault, stage: Stage, parts: readonly Part[]): Promise<Happened | null> => {
  const began = now();
  const server = one(stage.servers.filter(({ group }) => group === fault.victim), fault);
  const part = server ? undefined : await partOf(fault, stage, parts);
  const on = server ? await toServer(server, fault, stage) : part ? await toPart(part, fault, stage) : null;
  return on === null ? null : { fault, on, began, healed: now() };
};

const one = <Item>(items: readonly Item[], { which }: Pick<Fault, "which">): Item | undefined => items[Math.floor(which * items.length)];

const partOf = async (fault: Fault, stage: Stage, parts: readonly Part[]): Promise<Part | undefined> => {
  const role = fault.victim === "holder" ? "projector" : fault.victim;
  const possible = parts.filter((part) => part.role === role && (fault.deed !== "isolate" || stage.lines.has(part.name)));
  const holder = fault.victim === "holder" ? await holderOf(stage, fault.which) : undefined;
  return holder ?? one(possible, fault);
};

const toPart = async (part: Part, fault: Fault, stage: Stage): Promise<string> => {
  if (fault.deed === "kill") {
    await part.kill();
    await sleep(fault.ms);
    part.start();
  } else if (fault.deed === "pause") {
    part.pause();
    await sleep(fault.ms);
    part.resume();
  } else return isolate(part, fault, stage);
  return part.name;
};

const weathers: readonly Weather[] = ["cut", "silent", "half-open"];

/** Off from one kind of server: all brokers are one. */
const isolate = async ({ name }: Part, fault: Fault, { servers, lines }: Stage): Promise<string> => {
  const group = one([...new Set(servers.map(({ group }) => group))], fault) ?? "postgres";
  const weather = one(weathers, { which: (fault.which * 7) % 1 }) ?? "cut";
  const become = (weather: Weather) => servers.filter((server) => server.group === group).forEach((server) => lines.ofPart(name, server, weather));
  become(weather);
  await sleep(fault.ms);
  become("open");
  return `${name} from ${group} (${weather})`;
};

const toServer = async (server: Server, { deed, ms }: Fault, { lines }: Stage): Promise<string | null> => {
  if (deed === "kill" || deed === "pause") {
    if (!server.process) return null;
    await (deed === "kill" ? killed(server.process, ms) : paused(server.process, ms));
  } else if (deed !== "isolate") {
    lines.toServer(server, deed);
    await sleep(ms);
    lines.toServer(server, "open");
  }
  return server.name;
};

const killed = async (one: ServerProcess, ms: number): Promise<void> => {
  await one.kill();
  await sleep(ms);
  await one.start();
};

const paused = async (one: ServerProcess, ms: number): Promise<void> => {
  one.pause();
  await sleep(ms);
  one.resume();
};
