import type { Command } from "./command.ts";

/** A command as far as the overview needs it; the rest is loaded when it is called. */
export interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export type Catalog = readonly Section[];

/** Every command of the CLI itself, in the order of the overview. */
export const catalog: Catalog = [
  {
    title: "Repositories and targets",
    entries: [
      {
        name: "init",
        summary: "make a new TUF repository: keys, root, first metadata",
        load: async () => (await import("./init.ts")).init,
      },
      {
        name: "add",
        summary: "store files and make them targets that clients can verify",
        load: async () => (await import("./add.ts")).add,
      },
      {
        name: "remove",
        summary: "withdraw targets, so that clients find them no longer",
        load: async () => (await import("./remove.ts")).remove,
      },
      { name: "publish", summary: "make everything pending visible to clients", load: async () => (await import("./publish.ts")).publish },
      {
        name: "import",
        summary: "take over a Debian package index or an npm lock",
        load: async () => (await import("./import-index.ts")).importCommand,
      },
      { name: "show", summary: "a repository, its targets, or one target", load: async () => (await import("./show.ts")).show },
      { name: "list", summary: "all repositories", load: async () => (await import("./list.ts")).list },
      {
        name: "download",
        summary: "fetch a target and verify it, as any TUF client would",
        load: async () => (await import("./download.ts")).download,
      },
    ],
  },
  {
    title: "The artifact graph",
    entries: [
      {
        name: "graph",
        summary: "what contains, depends on, was built from, runs what: now or then",
        load: async () => (await import("./graph/graph.ts")).graph,
      },
    ],
  },
  {
    title: "What happens",
    entries: [
      { name: "task", summary: "where a task stands", load: async () => (await import("./task.ts")).task },
      {
        name: "events",
        summary: "what happened: the log, as it is and as it grows",
        load: async () => (await import("./events.ts")).events,
      },
      {
        name: "status",
        summary: "the log's head, each projection's position and lag, the workers",
        load: async () => (await import("./status.ts")).status,
      },
    ],
  },
  {
    title: "Audit",
    entries: [
      {
        name: "audit",
        summary: "verify, search, explain, prove and export; replay read models",
        load: async () => (await import("./audit/audit.ts")).audit,
      },
    ],
  },
  {
    title: "Administration",
    entries: [
      { name: "token", summary: "make, list and revoke tokens (for administrators)", load: async () => (await import("./token.ts")).token },
      {
        name: "webhook",
        summary: "send events to other systems (for administrators)",
        load: async () => (await import("./webhook.ts")).webhook,
      },
      {
        name: "rebuild",
        summary: "fill a projection anew from the log, then switch to it",
        load: async () => (await import("./rebuild.ts")).rebuild,
      },
    ],
  },
  {
    title: "Help",
    entries: [
      {
        name: "help",
        summary: "help for a command, or about exit-codes or environment",
        load: async () => (await import("./help-command.ts")).help,
      },
      {
        name: "completion",
        summary: "a completion script for bash, zsh or fish",
        load: async () => (await import("./completion.ts")).completion,
      },
      {
        name: "version",
        summary: "the version of this program, and of the server",
        load: async () => (await import("./version.ts")).version,
      },
    ],
  },
];

export const entriesOf = (sections: Catalog): readonly Entry[] => sections.flatMap(({ entries }) => entries);
