import { accessRecordCodec, denialStream, type Scope } from "#domain/access/events.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Clock } from "#commands/ports/clock.ts";
import { eventId, newId } from "#commands/kernel/command-id.ts";

/** Somebody was refused. */
export interface Denial {
  /** `addTargets`, `GET /audit/replay`. */
  readonly operation: string;
  readonly needed: Scope | null;
  /** Whose token it was; null: nobody's that holds. */
  readonly token: { readonly id: string; readonly scope: Scope } | null;
  readonly address: string | null;
}

/** How many leave an event of their own at once, and how often one does after that. */
interface Bound {
  readonly burst: number;
  readonly everyMs: number;
}

/** A day of them, in one process: 86,460 and 8,650 events at most. Who has no token cannot take the place of those who have. */
const bounds = { known: { burst: 60, everyMs: 1_000 }, unknown: { burst: 10, everyMs: 10_000 } } as const;

/** Refusals that wait for their event, of the same kind as one. */
const mostWaiting = 1000;

interface Needs {
  readonly log: EventLog;
  readonly clock: Clock;
}

/**
 * Records refusals without letting anybody fill the log with them: behind the first ones they are counted, and one event says how many
 * there were. Returns at once; where the log is away they wait, in memory.
 */
export const recordDenials = (needs: Needs): ((denial: Denial) => void) => {
  const [known, unknown] = [recorder(needs, bounds.known), recorder(needs, bounds.unknown)];
  return (denial) => (denial.token ? known : unknown)(denial);
};

/** What is too various to be told one by one. */
const others: Denial = { operation: "others", needed: null, token: null, address: null };

interface Waiting {
  readonly denial: Denial;
  times: number;
}

const recorder = ({ log, clock }: Needs, { burst, everyMs }: Bound): ((denial: Denial) => void) => {
  const waiting = new Map<string, Waiting>();
  let room = burst;
  let filled = clock();
  let timer: NodeJS.Timeout | null = null;

  const count = (denial: Denial, times: number): void => {
    const name = JSON.stringify([denial.operation, denial.token?.id, denial.address]);
    const same = waiting.get(name);
    if (same) same.times += times;
    else if (waiting.size < mostWaiting || denial === others) waiting.set(name, { denial, times });
    else count(others, times);
  };
  const later = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      record();
    }, everyMs).unref();
  };
  const record = (): void => {
    const since = Math.floor((clock() - filled) / everyMs);
    if (since > 0) [room, filled] = [Math.min(burst, room + since), filled + since * everyMs];
    for (const [name, { denial, times }] of waiting) {
      if (room === 0) return later();
      room -= 1;
      waiting.delete(name);
      append(log, denial, times).catch(() => {
        count(denial, times);
        later();
      });
    }
  };
  return (denial) => {
    count(denial, 1);
    record();
  };
};

const append = async (log: EventLog, { operation, needed, token, address }: Denial, times: number): Promise<void> => {
  const commandId = newId();
  const event = { type: "CommandDenied", operation: operation.slice(0, 200), needed, scope: token?.scope ?? null, address: address?.slice(0, 100) ?? null, times } as const;
  const cause = { actor: token ? `token:${token.id}` : "unknown", commandId, correlationId: commandId };
  await log.append(denialStream, [{ id: eventId(commandId, 0), ...accessRecordCodec.encode(event) }], { expected: "any", cause });
};
