import { Unavailable } from "#domain/kernel/errors.ts";
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
  /** Why there is no owner. */
  readonly vacancy: () => Error;
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
  readonly settle: (answer: Receipt | Error) => void;
  /** Whom it was put to. */
  owner: number;
}

const askEvery = 300;

export const appends = ({ node, forward, ask, vacancy, patience }: AppendsOptions): Appends => {
  const pending = new Map<number, Pending>();
  let ids = 0;
  let highest = 0;
  let owner: { readonly token: number; readonly arbiter?: Arbiter } | undefined;
  let closed = false;
  const emptied = Promise.withResolvers<void>();

  const append: Appends["append"] = (prepared) =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new Unavailable("log", { cause: new Error("closed") }));
      const id = ++ids;
      const timer = setTimeout(() => settle(new Unavailable("log", { cause: owner ? new Error("the owner of the log did not answer") : vacancy() })), patience);
      const settle = (answer: Receipt | Error) => {
        clearTimeout(timer);
        pending.delete(id);
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
        if (closed && pending.size === 0) emptied.resolve();
      };
      const waiting: Pending = { id, append: prepared, settle, owner: 0 };
      pending.set(id, waiting);
      put(waiting);
      if (!owner) wonder();
    });

  const put = (waiting: Pending) => {
    if (!owner) return;
    const { token, arbiter } = owner;
    waiting.owner = token;
    const { id, append } = waiting;
    const failed = (error: unknown) => {
      // The next owner will say.
      if (!(error instanceof OwnershipLost)) answered(id, token, error instanceof Error ? error : new Error(String(error)));
    };
    if (arbiter) arbiter.submit(append).then((receipt) => answered(id, token, receipt), failed);
    else forward({ kind: "append", to: token, node, id, append }).catch(failed);
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
  const close = () => {
    closed = true;
    if (pending.size === 0) emptied.resolve();
    return emptied.promise;
  };
  return { append, answered, ruledBy: (token) => succeed(token), rule: succeed, resigned, highest: () => highest, close };
};
