import { exitCodes, usageError } from "#api/cli/exit.ts";
import { count, counted, duration, printable, time } from "#api/cli/format.ts";
import { instant } from "#api/cli/instant.ts";
import type { Event } from "#api/cli/operations/audit.ts";
import { type Delivery, listDeadLetters, listDeliveries, listWebhooks, previewWebhook, type Webhook } from "#api/cli/operations/webhooks.ts";
import { allNodes } from "#api/cli/pages.ts";
import type { Session } from "#api/cli/session.ts";
import { card, table } from "#api/cli/table.ts";
import type { Output } from "#api/cli/terminal.ts";
import { type Asked, webhookOf } from "./asked.ts";

export const listAll = async ({ client, output }: Session): Promise<number> => {
  const found = await allNodes(async (after) => (await client.request(listWebhooks, { after })).webhooks);
  await output.result(found, () =>
    table(
      [{ title: "WEBHOOK" }, { title: "STATE" }, { title: "POSITION", right: true }, { title: "FILTER" }, { title: "URL" }],
      found.map((one) => [one.webhookId, stateOf(output, one), one.progress ? count(one.progress.position) : "–", printable(one.filter) || "everything", printable(one.url)]),
      output.width,
    ),
  );
  return exitCodes.ok;
};

export const show = async (session: Session, { subject }: Asked): Promise<number> => {
  const found = await webhookOf(session, subject);
  await session.output.result(found, () => card(facts(session.output, found), session.output.width));
  return exitCodes.ok;
};

const facts = (output: Output, one: Webhook): [string, string][] => [
  ["webhook", one.webhookId],
  ["url", printable(one.url)],
  ["filter", printable(one.filter) || "everything"],
  ...(one.description === "" ? [] : [["description", printable(one.description)] satisfies [string, string]]),
  ["state", stateOf(output, one) + (one.disabledDetail ? `: ${printable(one.disabledDetail)}` : "")],
  ...one.secrets.map(({ algorithm, fingerprint, publicKey, until }): [string, string] => [
    "signed with",
    `${algorithm.toLowerCase().replace("_", "-")} ${publicKey ?? fingerprint}${until === null ? "" : `, until ${time(until)}`}`,
  ]),
  ["put aside", one.deadLetterAfter === null ? "never" : `after ${duration(one.deadLetterAfter * 1000)}`],
  ["made", time(one.createdAt)],
  ...(one.progress ? progressOf(one.progress) : []),
];

const progressOf = ({ position, attempt, failingSince, nextAt, lastSuccess, lastError }: NonNullable<Webhook["progress"]>): [string, string][] => [
  ["position", count(position)],
  ["last success", time(lastSuccess)],
  ...(failingSince === null ? [] : [["failing since", `${time(failingSince)}${nextAt === null ? "" : `, attempt ${attempt}, next ${time(nextAt)}`}: ${printable(lastError ?? "")}`] satisfies [string, string]]),
];

const stateOf = (output: Output, { enabled, disabledReason, progress }: Webhook): string => {
  if (!enabled) return output.red(`disabled (${(disabledReason ?? "asked").toLowerCase()})`);
  return progress?.failingSince ? output.yellow("failing") : output.green("enabled");
};

export const deliveries = async ({ client, output }: Session, { subject: webhook, values }: Asked): Promise<number> => {
  const asked = { webhook, first: values.limit ?? 20, outcome: values.outcome?.toUpperCase() };
  const found = (await client.request(listDeliveries, asked)).deliveries.edges.map(({ node }) => node);
  const columns = [{ title: "AT" }, { title: "POSITION", right: true }, { title: "TYPE" }, { title: "TRY", right: true }, { title: "ANSWER" }];
  await output.result(found, () => (found.length === 0 ? "nothing was sent" : table(columns, found.map((one) => row(output, one)), output.width)));
  return exitCodes.ok;
};

/** Of an answer's body; --json has all that is kept. */
const responseShown = 80;

const row = (output: Output, { at, eventPosition, eventType, kind, attempt, status, outcome, error, response, milliseconds, nextAt }: Delivery): string[] => {
  const answer = `${status ?? "none"} in ${duration(milliseconds)}`;
  const said = response ? ` ${printable(JSON.stringify(response.slice(0, responseShown)))}${response.length > responseShown ? "…" : ""}` : "";
  const what = error === null || error === `HTTP ${status}` ? "" : `: ${printable(error)}`;
  const why = outcome === "DELIVERED" ? "" : `${what}${said}${nextAt === null ? "" : `; next ${time(nextAt)}`}`;
  return [time(at), count(eventPosition), printable(eventType), kind === "EVENT" ? String(attempt) : kind.toLowerCase(), (outcome === "DELIVERED" ? output.green : output.red)(`${answer}${why}`)];
};

export const dead = async ({ client, output }: Session, { subject: webhook }: Asked): Promise<number> => {
  const found = await allNodes(async (after) => (await client.request(listDeadLetters, { webhook, after })).deadLetters);
  const columns = [{ title: "POSITION", right: true }, { title: "TYPE" }, { title: "PUT ASIDE" }, { title: "TRIES", right: true }, { title: "REASON" }];
  await output.result(found, () =>
    found.length === 0
      ? "nothing is put aside"
      : table(
          columns,
          found.map(({ eventPosition, eventType, at, attempts, reason, resending }) => [
            count(eventPosition),
            printable(eventType),
            time(at),
            count(attempts),
            `${printable(reason)}${resending ? output.yellow("; being sent again") : ""}`,
          ]),
          output.width,
        ),
  );
  if (!output.json && found.some(({ resending }) => !resending)) output.note(output.dim(`send one again: ${output.program} webhook resend ${webhook} --position N`));
  return exitCodes.ok;
};

export const preview = async ({ client, output }: Session, { values }: Asked): Promise<number> => {
  const { filter, after } = values;
  if (filter === undefined) throw usageError("--filter is missing");
  const { previewWebhook: found } = await client.request(previewWebhook, { filter, after, since: instant("since", values.since) });
  await output.result(found, () => [
    `${found.exact ? "" : "at least "}${counted(found.count, "past event")} ${found.count === 1 ? "fits" : "fit"}${found.newest.length > 0 ? "; the newest:" : ""}`,
    ...(found.newest.length === 0 ? [] : newestOf(found.newest)),
  ]);
  return exitCodes.ok;
};

const newestOf = (events: readonly Event[]): readonly string[] =>
  table(
    [{ title: "POSITION", right: true }, { title: "AT" }, { title: "TYPE" }, { title: "STREAM" }],
    events.map(({ position, at, type, stream }) => [count(position), time(at), printable(type), printable(stream)]),
  );
