import { ConcurrencyConflict, Unavailable } from "#domain/kernel/errors.ts";
import type { Receipt } from "#commands/ports/event-log.ts";
import type { PreparedAppend } from "#infra/log/prepared.ts";
import { type Arbiter, OwnershipLost } from "./arbiter.ts";
import type { AppendRequest } from "./messages.ts";

export interface AppendsOptions {
  readonly node: string;
  /** Sends a request to the owner it is addressed to. */
  readonly forward: (request: AppendRequest) => Promise<void>;
  /** Asks who the owner is. */
  readonly ask: () => void;
  /** Milliseconds until a caller is told that nobody knows. */
  readonly patience: number;
}

/**
 * The appends of this process that have no answer yet, and who is to give it: this process itself while it is the owner of the log,
 * or another. Each is put to one owner at a time, again where a later one has taken over; and an earlier owner's word counts no more
 * from then on, but for a receipt: what is in the log is.
 */
export interface Appends {
  readonly append: (append: PreparedAppend) => Promise<Receipt>;
  readonly answered: (id: number, from: number, answer: Receipt | Error) => void;
  /** Another node is the owner. */
  readonly ruledBy: (token: number) => void;
  /** This one is, until `resigned`. */
  readonly rule: (token: number, arbiter: Arbiter) => void;
  readonly resigned: (token: number) => void;
  /** The latest owner that was heard of. */
  readonly highest: () => number;
  /** Refuses what comes, and resolves when everything has its answer. */
  readonly close: () => Promise<void>;
}

interface Pending {
  readonly id: number;
  readonly append: PreparedAppend;
  readonly deadline: number;
  readonly settle: (answer: Receipt | Error) => void;
  /** Whom it was put to. */
  owner: number;
}

const askEvery = 300;

export const appends = ({ node, forward, ask, patience }: AppendsOptions): Appends => {
  const pending = new Map<number, Pending>();
  let ids = 0;
  let highest = 0;
  let owner: { readonly token: number; readonly arbiter?: Arbiter } | undefined;
  let closed = false;
  let emptied: () => void = () => undefined;

  const append: Appends["append"] = (prepared) =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new Unavailable("log", { cause: new Error("closed") }));
      const id = ++ids;
      const timer = setTimeout(() => settle(new Unavailable("log", { cause: new Error(owner ? "the owner of the log did not answer" : "the log has no owner") })), patience);
      const settle = (answer: Receipt | Error) => {
        clearTimeout(timer);
        pending.delete(id);
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
        if (pending.size === 0) emptied();
      };
      const waiting: Pending = { id, append: prepared, deadline: Date.now() + patience, settle, owner: 0 };
      pending.set(id, waiting);
      put(waiting);
      if (!owner) wonder();
    });

  const put = (waiting: Pending) => {
    if (!owner) return;
    const { token, arbiter } = owner;
    waiting.owner = token;
    const { id, append, deadline } = waiting;
    const answer = arbiter ? arbiter.submit(append) : forward({ kind: "append", to: token, node, id, deadline, append });
    answer.then(
      (receipt) => {
        if (receipt) answered(id, token, receipt);
      },
      (error: unknown) => {
        // The next owner will say.
        if (!(error instanceof OwnershipLost)) answered(id, token, error instanceof Error ? error : new Error(String(error)));
      },
    );
  };
  const answered: Appends["answered"] = (id, from, answer) => {
    const waiting = pending.get(id);
    if (waiting && (!(answer instanceof Error) || waiting.owner === from)) waiting.settle(answer);
  };
  const putAll = () => {
    for (const waiting of pending.values()) put(waiting);
  };
  const succeed = (token: number, arbiter?: Arbiter) => {
    if (token < highest || owner?.token === token) return;
    highest = token;
    owner = arbiter ? { token, arbiter } : { token };
    putAll();
  };
  const resigned: Appends["resigned"] = (token) => {
    if (owner?.token === token) owner = undefined;
    if (pending.size > 0) wonder();
  };

  let wondering: NodeJS.Timeout | undefined;
  const wonder = () => {
    if (wondering) return;
    ask();
    wondering = setTimeout(() => {
      wondering = undefined;
      if (!owner && pending.size > 0) wonder();
    }, askEvery);
  };
  const close = () =>
    new Promise<void>((resolve) => {
      closed = true;
      emptied = resolve;
      if (pending.size === 0) resolve();
    });
  return { append, answered, ruledBy: (token) => succeed(token), rule: succeed, resigned, highest: () => highest, close };
};

/** For those who pass a conflict on. */
export const isAnswer = (error: unknown): error is Error => error instanceof ConcurrencyConflict || error instanceof Unavailable;
