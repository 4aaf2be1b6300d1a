import { command } from "./command.ts";
import { usageError } from "./exit.ts";
import { reasonOption } from "./mutation.ts";
import { create, rotate } from "./webhook/secrets.ts";
import { change, remove, turn } from "./webhook/change.ts";
import { replay, resend, test } from "./webhook/send.ts";
import { dead, deliveries, listAll, preview, show } from "./webhook/show.ts";
import type { Asked } from "./webhook/asked.ts";
import type { Session } from "./session.ts";

const actions: Readonly<Record<string, (session: Session, asked: Asked) => Promise<number>>> = {
  create,
  list: listAll,
  show,
  change,
  rotate,
  enable: turn("enable"),
  disable: turn("disable"),
  delete: remove,
  deliveries,
  dead,
  preview,
  test,
  replay,
  resend,
};

export const webhook = command(
  {
    name: "webhook",
    summary: "send events to other systems (for administrators)",
    operands: ["ACTION", "[URL|ID]"],
    details: [
      `Actions: ${Object.keys(actions).join(", ")}; create takes a URL, list and preview take nothing, all others the id of a webhook.`,
      "Each event that fits the filter is sent to the URL as a CloudEvent, signed as Standard Webhooks wants it, in strict order, and tried again for three days until it is answered with 2xx. The secret is shown once, unless you bring your own in a file.",
      "replay says how much would be sent again, and sends it with --yes. test sends a real past event (the newest that fits, or --position) and resend one event again; both show the answer. dead lists the events that were put aside and have not been taken since.",
    ],
    options: {
      filter: { kind: "text", value: "FILTER", help: "create, change, preview: which events, 'type=trust.*;kind=artifact;key=pkg:deb/'" },
      "secret-file": { kind: "text", value: "FILE", help: "create, rotate: whsec_… or whsk_… of your own" },
      ed25519: { kind: "flag", help: "create, rotate: make a key pair instead of a shared secret" },
      overlap: { kind: "integer", value: "SECONDS", help: "rotate: how long the old secret signs, too (86400)" },
      "new-url": { kind: "text", value: "URL", help: "change" },
      description: { kind: "text", value: "TEXT", help: "create, change: for people" },
      "dead-letter-after": { kind: "integer", value: "SECONDS", help: "create, change: put an event aside that is not taken so long; 0: never" },
      after: { kind: "integer", value: "POS", help: "create, replay, preview: begin behind this position" },
      since: { kind: "text", value: "TIME", help: "replay, preview: from this moment on: 2026-11-20, 2026-11-20T10:00:00Z" },
      rate: { kind: "integer", min: 1, value: "N", help: "replay: so many events a second, at most" },
      yes: { kind: "flag", short: "y", help: "replay: do it, not only count" },
      position: { kind: "integer", min: 1, value: "POS", help: "test, resend: the event" },
      outcome: { kind: "text", value: "OUTCOME", choices: ["delivered", "failed", "dead"], help: "deliveries: only these" },
      limit: { kind: "integer", min: 1, max: 1000, short: "n", value: "N", help: "deliveries: at most so many (20)" },
      reason: reasonOption,
    },
    examples: [
      ["webhook create https://example.com/in --filter 'type=trust.*' > secret", "the secret alone goes to standard output"],
      ["webhook test ID", "the newest event that fits, now"],
      ["webhook replay ID --since 2026-11-20 --rate 50 --yes", "all since then, again"],
      ["webhook deliveries ID --outcome failed", "what went wrong"],
    ],
  },
  async (session, { operands: [name = "", subject], values }) => {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (!action) throw usageError(`webhook ${JSON.stringify(name)} is unknown`, `one of: ${Object.keys(actions).join(", ")}`);
    const alone = name === "list" || name === "preview";
    if (subject === undefined && !alone) throw usageError(name === "create" ? "URL is missing" : "ID is missing");
    if (subject !== undefined && alone) throw usageError(`unexpected argument ${JSON.stringify(subject)}`);
    return action(session, { subject: subject ?? "", values });
  },
);
