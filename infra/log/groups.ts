import { Unavailable } from "#domain/kernel/errors.ts";

/**
 * How much one group may carry. A request that is larger by itself goes alone. Where a full group waits, it sets out before the
 * answers of the last one are told: the store works while their callers prepare what comes next.
 */
export interface Capacity<Request> {
  readonly weigh: (request: Request) => number;
  readonly most: number;
}

/** Answers every request, in order; an `Error` refuses that one alone. Throws where it fails all of them. */
export type RunGroup<Request, Answer> = (group: readonly Request[]) => Promise<readonly (Answer | Error)[]>;

export interface Groups<Request, Answer> extends AsyncDisposable {
  (request: Request): Promise<Answer>;
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: requests that arrive in the same tick, or while a group is under way, share the next group. One group at a time,
 * in the order of asking. Disposing answers what is waiting and refuses what comes later.
 */
export const groups = <Request, Answer>(run: RunGroup<Request, Answer>, { weigh, most }: Capacity<Request>): Groups<Request, Answer> => {
  let queue: Waiting<Request, Answer>[] = [];
  let waiting = 0;
  let active: Promise<void> | undefined;
  let closed = false;

  const nextGroup = () => {
    let weight = 0;
    const end = queue.findIndex(({ request }, index) => (weight += weigh(request)) > most && index > 0);
    const group = end < 0 ? queue : queue.slice(0, end);
    queue = end < 0 ? [] : queue.slice(end);
    waiting = queue.reduce((sum, { request }) => sum + weigh(request), 0);
    return group;
  };
  const work = async () => {
    let tell: Tell = nothing;
    do {
      // The tick ends first: all that its callbacks ask for, and what the last group's answers led to, goes together.
      if (waiting < most) {
        tell();
        tell = nothing;
        await new Promise(setImmediate);
      }
      const answered = settled(nextGroup(), run);
      tell();
      tell = await answered;
    } while (queue.length > 0);
    active = undefined;
    tell();
  };

  const ask = (request: Request) =>
    new Promise<Answer>((resolve, reject) => {
      if (closed) return reject(new Unavailable("log", { cause: new Error("closed") }));
      queue.push({ request, resolve, reject });
      waiting += weigh(request);
      active ??= work();
    });
  const close = async () => {
    closed = true;
    await active;
  };
  return Object.assign(ask, { [Symbol.asyncDispose]: close });
};

const nothing = () => undefined;

/** Tells every caller of the group what became of its request. */
type Tell = () => void;

const settled = async <Request, Answer>(group: readonly Waiting<Request, Answer>[], run: RunGroup<Request, Answer>): Promise<Tell> => {
  try {
    const answers = await run(group.map(({ request }) => request));
    return () => {
      for (const [index, { resolve, reject }] of group.entries()) {
        const answer = answers[index];
        if (answer instanceof Error) reject(answer);
        else if (answer === undefined) reject(new Error("a request of the group got no answer"));
        else resolve(answer);
      }
    };
  } catch (error) {
    return () => {
      for (const { reject } of group) reject(error);
    };
  }
};
