import { randomUUID } from "node:crypto";
import type { Option } from "./options.ts";
import type { Asked } from "./operations/shared.ts";

/** Options of every command that changes something. */
export const reasonOption = { kind: "text", value: "TEXT", help: "why; kept with the event" } as const satisfies Option;

export const publishOptions = {
  wait: { kind: "flag", short: "w", help: "wait until clients can see it, and say what changed" },
  publish: { kind: "flag", help: "--no-publish: only record it; publish later" },
  reason: reasonOption,
} as const;

/** What makes a mutation safe to send again, and its reason. */
export const asked = (reason: string | undefined): Asked => ({ idempotencyKey: randomUUID(), reason });
