/** A server that Waybill depends on, in our hands. */
export interface Server {
  /** `postgres`, `redis`, `kafka-1`, `eventstoredb`. */
  readonly name: string;
  /** Of those of one group at most one is disturbed at a time. */
  readonly group: "postgres" | "redis" | "kafka" | "eventstoredb";
  readonly port: number;
  /** How clients name it when they reach it at this port. */
  readonly address: (port: number) => string;
  /** Where it expects that the line of a process ends, and at which port it tells that process to come; of servers that tell their clients. */
  readonly told?: (part: string) => { readonly port: number; readonly advertised: number };
  /** As it calls itself. */
  readonly version: string;
  /** Absent where the server is not ours to kill. */
  readonly process?: ServerProcess;
}

export interface ServerProcess {
  /** kill -9, children and all. */
  kill(): Promise<void>;
  /** Resolves when it answers again. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
}
