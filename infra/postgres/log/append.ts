import type { Expected, Receipt } from "#commands/ports/event-log.ts";
import { conflict } from "#infra/log/event-log.ts";
import type { RunGroup } from "#infra/log/groups.ts";
import type { PreparedAppend } from "#infra/log/prepared.ts";
import type { Row } from "#infra/log/rows.ts";
import type { Connection } from "./connection.ts";
import { isStatementError } from "./errors.ts";

type Receipts = (commandIds: readonly string[]) => Promise<ReadonlyMap<string, Receipt>>;
type Answers = readonly (Receipt | Error)[];

/**
 * One call of the function per group. What the quick way cannot store is called again carefully, and what that cannot, append by
 * append, so that only the guilty one is refused.
 */
export const appender = ({ query }: Connection, receipts: Receipts): RunGroup<PreparedAppend, Receipt> => {
  const call = async (group: readonly PreparedAppend[], careful: boolean): Promise<Answers> => {
    const [row] = await query({ name: "append", text: statement, values: [...parameters(group), careful], rowMode: "array" });
    return answers(group, row ?? [], receipts);
  };
  const carefully = async (group: readonly PreparedAppend[]): Promise<Answers> => {
    try {
      return await call(group, true);
    } catch (error) {
      if (!isStatementError(error)) throw error;
      const [first] = group;
      if (first && group.length === 1) return [new Error(`command ${first.cause.commandId} cannot be stored`, { cause: error })];
      const alone: (Receipt | Error)[] = [];
      for (const append of group) alone.push(...(await carefully([append])));
      return alone;
    }
  };
  const quickly = async (group: readonly PreparedAppend[]): Promise<Answers> => {
    try {
      return await call(group, false);
    } catch (error) {
      if (isStatementError(error)) return carefully(group);
      throw error;
    }
  };
  return async (group) => {
    const again = repeated(group);
    if (again.size === 0) return quickly(group);
    const first = [...(await quickly(group.filter((append) => !again.has(append))))];
    const second = [...(await carefully([...again]))];
    return group.flatMap((append) => (again.has(append) ? second : first).shift() ?? []);
  };
};

/** Appends whose command is in the group already: they wait for what becomes of that one. */
const repeated = (group: readonly PreparedAppend[]): ReadonlySet<PreparedAppend> => {
  const commands = new Set<string>();
  return new Set(group.filter(({ cause }) => commands.size === commands.add(cause.commandId).size));
};

const statement = "select base, outcomes, heads from waybill_log.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

const parameters = (group: readonly PreparedAppend[]): unknown[] => {
  const events = group.flatMap((append) => append.events);
  const [owners, nths]: [number[], number[]] = [[], []];
  for (const [place, append] of group.entries())
    for (let nth = 1; nth <= append.events.length; nth++) {
      owners.push(place + 1);
      nths.push(nth);
    }
  return [
    group.map(({ stream }) => stream),
    placesBefore(group),
    group.map(({ expected }) => numberOf(expected)),
    group.map((append) => append.events.length),
    group.map(({ cause }) => cause.actor),
    group.map(({ cause }) => cause.reason),
    group.map(({ cause }) => cause.commandId),
    group.map(({ cause }) => cause.correlationId),
    group.map(({ cause }) => cause.causationId),
    group.map(({ cause }) => cause.traceparent),
    owners,
    nths,
    lines(events.map(({ id }) => id)),
    lines(events.map(({ type }) => type)),
    lines(events.map(({ json }) => json)),
  ];
};

// None of these has a line break in it: see `prepared`.
const lines = (values: readonly string[]) => values.join("\n");

const placesBefore = (group: readonly PreparedAppend[]): number[] => {
  const latest = new Map<string, number>();
  return group.map(({ stream }, index) => {
    const before = latest.get(stream) ?? 0;
    latest.set(stream, index + 1);
    return before;
  });
};

const numberOf = (expected: Expected): number => {
  switch (expected) {
    case "none":
      return -1;
    case "any":
      return -2;
    case "exists":
      return -4;
    default:
      return expected;
  }
};

const answers = async (group: readonly PreparedAppend[], row: Row, receipts: Receipts): Promise<Answers> => {
  const outcomes = String(row[1]);
  const heads = String(row[2]).slice(1, -1).split(",").map(Number);
  let position = Number(row[0]);
  const given = group.map((append, index): Receipt | Error | null => {
    const revision = heads[index] ?? -1;
    if (outcomes[index] === "r") return null;
    if (outcomes[index] === "c") return conflict(append, revision);
    position += append.events.length;
    return { position, stream: append.stream, revision, eventIds: append.events.map(({ id }) => id), replayed: false };
  });
  if (!outcomes.includes("r")) return given.filter((answer) => answer !== null);
  return withReplays(group, given, receipts);
};

/** The others of the group are stored, whatever becomes of the question for first receipts. */
const withReplays = async (group: readonly PreparedAppend[], given: readonly (Receipt | Error | null)[], receipts: Receipts): Promise<Answers> => {
  const asked = group.filter((_, index) => given[index] === null).map(({ cause }) => cause.commandId);
  const first = await receipts(asked).catch((error: unknown) => (error instanceof Error ? error : new Error("no receipts", { cause: error })));
  return group.map(({ cause }, index) => {
    const answer = given[index] ?? (first instanceof Error ? first : first.get(cause.commandId));
    return answer ?? new Error(`the receipt of command ${cause.commandId} is gone`);
  });
};
