import { decide, type Decision, type Expectation } from "./decide.ts";
import { type Disk, openDisk } from "./disk.ts";
import { type Proposed, type StoredRecord, written } from "./record.ts";

export interface Append {
  readonly stream: string;
  readonly expected: Expectation;
  readonly events: readonly Proposed[];
}

export type Outcome = Exclude<Decision, { kind: "append" }> | { readonly kind: "appended"; readonly last: StoredRecord };

export interface Store {
  /** One append after the other; answers when it is on the disk, together with those that came meanwhile. */
  readonly append: (append: Append) => Promise<Outcome>;
  /** What is on the disk, in its order. */
  readonly all: readonly StoredRecord[];
  readonly stream: (name: string) => readonly StoredRecord[];
  /** Called whenever `all` has grown. */
  readonly watch: (watcher: () => void) => () => void;
}

export const openStore = async (path: string): Promise<Store> => {
  const disk = await openDisk(path);
  const all: StoredRecord[] = [];
  const streams = new Map<string, StoredRecord[]>();
  const visible = new Map<string, StoredRecord[]>();
  const recent = new Map<string, StoredRecord>();
  const watchers = new Set<() => void>();
  const queue: { readonly request: Append; readonly answer: (outcome: Outcome) => void }[] = [];
  let working = false;

  const show = (records: readonly StoredRecord[]) => {
    for (const record of records) {
      all.push(record);
      listOf(visible, record.stream).push(record);
    }
    for (const watcher of watchers) watcher();
  };
  for (const record of disk.records) listOf(streams, record.stream).push(record);
  show(disk.records);

  const work = async () => {
    working = true;
    while (queue.length > 0) {
      const group = queue.splice(0);
      const { lines, records, outcomes } = carryOut(group.map(({ request }) => request), { disk, streams, recent });
      if (lines.length > 0) await disk.write(lines);
      show(records);
      for (const [index, { answer }] of group.entries()) if (outcomes[index]) answer(outcomes[index]);
    }
    working = false;
  };
  return {
    append: (request) =>
      new Promise((answer) => {
        queue.push({ request, answer });
        if (!working) void work();
      }),
    all,
    stream: (name) => visible.get(name) ?? [],
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
};

interface State {
  readonly disk: Disk;
  /** With what is on its way to the disk. */
  readonly streams: Map<string, StoredRecord[]>;
  readonly recent: Map<string, StoredRecord>;
}

const carryOut = (group: readonly Append[], { disk, streams, recent }: State) => {
  const lines: Buffer[] = [];
  const records: StoredRecord[] = [];
  let position = disk.end();
  const outcomes = group.map(({ stream, expected, events }): Outcome => {
    const list = listOf(streams, stream);
    const decision = decide(list, expected, events, recent);
    if (decision.kind !== "append") return decision;
    const created = Date.now();
    for (const [index, event] of events.entries()) {
      const record = { ...event, stream, revision: list.length, created };
      const line = written({ record, last: index === events.length - 1 });
      const stored = { ...record, position };
      position += line.length;
      lines.push(line);
      records.push(stored);
      list.push(stored);
      recent.set(stored.id, stored);
    }
    const last = list.at(-1);
    return last ? { kind: "appended", last } : { kind: "wrong version", current: -1 };
  });
  return { lines, records, outcomes };
};

const listOf = (streams: Map<string, StoredRecord[]>, name: string): StoredRecord[] => {
  const list = streams.get(name) ?? [];
  streams.set(name, list);
  return list;
};
