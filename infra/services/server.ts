import type { Command } from "./launch.ts";

/** What there is to know about one server; service.ts runs it. */
export interface Server {
  readonly name: string;
  readonly port: number;
  /** Folder of its files: absolute, and there. */
  readonly folder: string;
  /** Makes what a start needs; throws `CannotStart` where the machine lacks something. Nothing of it runs now. */
  readonly prepare: () => Promise<Command>;
  /** Resolves when it answers a client, throws until then. `log` is what this process has said so far. */
  readonly answer: (log: string) => Promise<void>;
  /** The ways to go, the polite one first, and how long each may take; SIGKILL comes after the last. */
  readonly ending: readonly (readonly [signal: NodeJS.Signals, patienceMs: number])[];
  /** How long a start may take. */
  readonly patienceMs: number;
  /** Called when it has ended politely. */
  readonly ended?: () => void;
}
