import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { endpoint } from "#domain/deliveries/endpoint.ts";
import { deliveriesCodec, type EndpointSettings } from "#domain/deliveries/events.ts";
import { usualPatience } from "#domain/deliveries/retry.ts";
import { isRefusal } from "#domain/kernel/decider.ts";
import { taskCodec, taskStream } from "#domain/tasks/events.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import { eventId } from "#commands/kernel/command-id.ts";
import { reachOf } from "#infra/deliveries/addresses.ts";
import { type DeliveriesNeeds, runDeliveries } from "#infra/deliveries/run.ts";
import { webhookCommandsOf } from "#infra/deliveries/use-cases.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { workersIn } from "#infra/postgres/workers.ts";
import { explorer } from "#projections/audit/explorer.ts";
import { webhooks } from "#projections/deliveries/webhooks.ts";
import { memorySecrets } from "#test/support/memory-secrets.ts";
import { openDatabase, patience, runner } from "#test/support/projecting.ts";

const asked = () => ({ actor: "system", commandId: randomUUID(), correlationId: "test" });

export type Deliveries = Awaited<ReturnType<typeof openDeliveries>>;

/** An installation as far as webhooks need it: any number of deliverers on one log and one database. */
export const openDeliveries = async () => {
  const stack = new AsyncDisposableStack();
  const opened = stack.use(await openDatabase());
  const log = stack.use(memoryLog());
  const endpoints = aggregate(endpoint, deliveriesCodec, log);
  const secrets = memorySecrets();
  const readModels = stack.use(runner({ database: opened.database, log, leases: opened.leases }, [webhooks, explorer]));
  const commands = webhookCommandsOf({ endpoints, secrets, forbidden: async () => null, log, clock: Date.now });
  const workers = workersIn(opened.database);
  const failures: unknown[] = [];
  let owners = 0;

  /** A process that delivers. */
  const deliver = (changes: Partial<DeliveriesNeeds> = {}): AsyncDisposable =>
    runDeliveries({
      ...opened,
      log,
      endpoints: aggregate(endpoint, deliveriesCodec, log),
      secrets,
      readModels,
      workers,
      owner: `deliverer-${++owners}`,
      reach: reachOf(["127.0.0.0/8"]),
      patience: { ...usualPatience, firstMs: 20 },
      timeoutMs: 30_000,
      failed: (what, error) => failures.push([what, error]),
      ...changes,
    });

  const create = async (settings: Partial<EndpointSettings> & { readonly url: string }, more: { readonly after?: number; readonly secret?: string; readonly algorithm?: "ed25519" } = {}) => {
    const made = await commands.createWebhook(
      {
        settings: { filter: { types: ["tasks.*"] }, description: "", deadLetterAfter: null, ...settings },
        after: more.after ?? 0,
        secret: more.secret ?? null,
        algorithm: more.algorithm ?? "hmac-sha256",
      },
      asked(),
    );
    if (isRefusal(made)) throw new Error(made.message);
    return { id: made.webhook, secret: made.secret ?? "", card: made.card };
  };

  let written = 0;
  /** So many events of tasks. */
  const write = async (count: number) => {
    for (let left = count; left > 0; left -= 500) {
      const task = randomUUID();
      const commandId = randomUUID();
      const events = Array.from({ length: Math.min(left, 500) }, (_, index) => ({
        id: eventId(commandId, index),
        ...taskCodec.encode({ type: "TaskQueued", task, kind: "publication", subject: `subject-${++written}`, input: {} }),
      }));
      await log.append(taskStream(task), events, { expected: "any", cause: { ...asked(), commandId } });
    }
  };
  /** Positions of the events of tasks. */
  const positions = async () => {
    const found: number[] = [];
    for (let after = 0, more = true; more; ) {
      const page = await log.readAll({ after, limit: 1000, types: taskCodec.types });
      found.push(...page.events.map(({ position }) => position));
      after = page.position;
      more = !page.caughtUp;
    }
    return found;
  };
  const rows = <Row extends object>(text: string, ...values: readonly unknown[]) => opened.database.query<Row>({ text, values });
  const settled = async () => {
    await readModels.reached("webhooks", await log.head(), patience);
    await sleep(0);
  };

  return { ...opened, log, commands, secrets, readModels, workers, failures, asked, deliver, create, write, positions, rows, settled, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};
