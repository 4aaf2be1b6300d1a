import { z } from "zod";
import { ConcurrencyConflict, Unavailable } from "#domain/kernel/errors.ts";
import type { Receipt } from "#commands/ports/event-log.ts";
import type { PreparedAppend } from "#infra/log/prepared.ts";

// What nodes say to each other through Kafka. An owner is known by its token: the higher one is the later one.

const Expected = z.union([z.int(), z.enum(["none", "exists", "any"])]);
const Cause = z.object({
  actor: z.string(), commandId: z.string(), correlationId: z.string(),
  reason: z.string().optional(), causationId: z.string().optional(), traceparent: z.string().optional(),
});
const Append = z.object({
  stream: z.string(), expected: Expected, cause: Cause, bytes: z.number(),
  events: z.array(z.object({ id: z.string(), type: z.string(), json: z.string() })),
});

/** A node's request to the owner `to`, and to no other. A node's ids only grow: what comes twice is told by it. */
const Request = z.object({ kind: z.literal("append"), to: z.number(), node: z.string(), id: z.number(), append: Append });
/** A piece of a request that is too large for one record, in base64. */
const Part = z.object({ kind: z.literal("part"), to: z.number(), node: z.string(), id: z.number(), index: z.number(), count: z.number(), piece: z.string() });
/** Who is the owner? */
const Hello = z.object({ kind: z.literal("hello"), node: z.string() });

const Outcome = z.union([
  z.object({ receipt: z.object({ position: z.number(), stream: z.string(), revision: z.number(), eventIds: z.array(z.string()), replayed: z.boolean() }) }),
  z.object({ conflict: z.object({ stream: z.string(), expected: z.union([z.number(), z.string()]), actual: z.number() }) }),
  z.object({ unavailable: z.string() }),
  z.object({ failed: z.string() }),
]);
type Outcome = z.infer<typeof Outcome>;
/** Answers of the owner `from`. Where a later owner has spoken before it, only its receipts count. */
const Answer = z.object({ kind: z.literal("answer"), from: z.number(), node: z.string(), id: z.number(), outcome: Outcome });
/** From here on this is the owner, and what it is sent under its token is looked at. */
const Owner = z.object({ kind: z.literal("owner"), token: z.number(), node: z.string() });
/** The owner has gone, without a need to wait for the end of its lease. */
const Released = z.object({ kind: z.literal("released"), token: z.number() });

export const ToOwner = z.discriminatedUnion("kind", [Request, Part, Hello]);
export type ToOwner = z.infer<typeof ToOwner>;
export const ToNodes = z.discriminatedUnion("kind", [Answer, Owner, Released]);
export type ToNodes = z.infer<typeof ToNodes>;
export type AppendRequest = Omit<z.infer<typeof Request>, "append"> & { readonly append: PreparedAppend };

export const outcomeOf = (answer: Receipt | Error): Outcome => {
  if (!(answer instanceof Error)) return { receipt: { ...answer, eventIds: [...answer.eventIds] } };
  if (answer instanceof ConcurrencyConflict) return { conflict: { stream: answer.stream, expected: answer.expected, actual: answer.actual } };
  return answer instanceof Unavailable ? { unavailable: answer.what } : { failed: answer.message };
};

export const answerOf = (outcome: Outcome): Receipt | Error => {
  if ("receipt" in outcome) return outcome.receipt;
  if ("conflict" in outcome) return new ConcurrencyConflict(outcome.conflict.stream, outcome.conflict.expected, outcome.conflict.actual);
  if ("unavailable" in outcome) return new Unavailable(outcome.unavailable, { cause: new Error("as the owner of the log says") });
  return new Error(`the owner of the log failed: ${outcome.failed}`);
};

const largest = 1_500_000;

/** The request as records hold it: one, or several pieces of it. */
export const written = (request: AppendRequest): string[] => {
  const text = JSON.stringify(request);
  if (text.length <= largest) return [text];
  const { to, node, id } = request;
  const whole = Buffer.from(text);
  const count = Math.ceil(whole.length / largest);
  return Array.from({ length: count }, (_, index) => {
    const piece = whole.subarray(index * largest, (index + 1) * largest).toString("base64");
    return JSON.stringify({ kind: "part", to, node, id, index, count, piece } satisfies ToOwner);
  });
};

/** Puts the pieces of large requests together; answers with the request of the last piece. */
export const pieces = () => {
  const begun = new Map<string, { readonly id: number; readonly pieces: Buffer[] }>();
  return ({ node, id, index, count, piece }: z.infer<typeof Part>): z.infer<typeof Request> | undefined => {
    if (index === 0) begun.set(node, { id, pieces: [] });
    const gathered = begun.get(node);
    // A piece that comes twice.
    if (gathered?.id !== id || gathered.pieces.length !== index) return undefined;
    gathered.pieces.push(Buffer.from(piece, "base64"));
    if (index < count - 1) return undefined;
    begun.delete(node);
    return Request.parse(JSON.parse(Buffer.concat(gathered.pieces).toString()));
  };
};
