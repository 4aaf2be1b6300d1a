import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { choosePort } from "#infra/services/ports.ts";
import { type Engine, type Environment, environmentOf, startServers } from "./engines.ts";
import { type Lines, openLines } from "./lines.ts";
import type { Part, Role } from "./part.ts";
import type { Server } from "./server.ts";
import { type Node, node } from "./waybill.ts";

/** The servers, the processes of Waybill, and the lines between them. */
export interface Stage {
  readonly engine: Engine;
  readonly folder: string;
  readonly servers: readonly Server[];
  readonly nodes: readonly Node[];
  readonly lines: Lines;
  /** What a program on the port itself is started with; it has lines of its own under this name. */
  readonly environment: (name: string) => Environment;
  /** The same for whoever shall not be disturbed. */
  readonly undisturbed: Environment;
  readonly database: string;
  /** Of the API processes. */
  readonly urls: readonly string[];
}

export interface Casting {
  readonly engine: Engine;
  /** API processes. */
  readonly processes: number;
  /** Names of the programs on the port itself. */
  readonly programs: readonly string[];
  readonly keep: boolean;
  readonly tell: (line: string) => void;
}

export const openStage = async ({ engine, processes, programs, keep, tell }: Casting, opened: AsyncDisposableStack): Promise<Stage> => {
  const folder = opened.adopt(await mkdtemp(join(tmpdir(), "waybill-faults-")), (folder) => (keep ? undefined : rm(folder, { recursive: true, force: true })));
  // PostgreSQL's user passes through.
  await chmod(folder, 0o711);
  const cast = castOf(processes);
  const parts = [...cast.map(({ name }) => name), ...programs];
  const servers = await startServers(engine, { folder: join(folder, "services"), parts, tell, opened });
  const lines = await openLines(parts, servers, opened);
  const environment = (name: string) => environmentOf(engine, servers, (server) => lines.portOf(name, server));
  const nodes: Node[] = [];
  const taken = new Set<number>();
  for (const { name, role } of cast) {
    const port = await choosePort(taken);
    taken.add(port);
    nodes.push(node({ name, role, folder, port, environment: environment(name) }));
  }
  const undisturbed = environmentOf(engine, servers, ({ port }) => port);
  return {
    engine,
    folder,
    servers,
    nodes,
    lines,
    environment,
    undisturbed,
    database: undisturbed["DATABASE_URL"] ?? "",
    urls: nodes.filter(({ part }) => part.role === "api").map(({ url }) => url),
  };
};

const castOf = (processes: number): readonly { readonly name: string; readonly role: Role }[] =>
  [...Array<Role>(processes).fill("api"), "projector" as const, "projector" as const, "worker" as const, "worker" as const, "deliverer" as const].map((role, index, all) => ({
    role,
    name: `${role}-${all.slice(0, index + 1).filter((one) => one === role).length}`,
  }));

/** Starts the processes, all at once, and waits until each of them can do its work. */
export const startNodes = async (nodes: readonly Node[], opened: AsyncDisposableStack): Promise<void> => {
  for (const { part } of nodes) {
    part.start();
    opened.defer(() => part.stop());
  }
  await Promise.all(nodes.map(ready));
};

const ready = async ({ url, part }: Node): Promise<void> => {
  for (let tries = 0; ; tries++) {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (response?.status === 200) return;
    if (tries > 600 || part.unexpected.length > 3) throw new Error(`${part.name} does not become ready: ${part.unexpected.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

export const partsOf = (stage: Stage, programs: readonly Part[]): readonly Part[] => [...stage.nodes.map(({ part }) => part), ...programs];
