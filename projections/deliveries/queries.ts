import type { Filter } from "#domain/deliveries/filter.ts";
import type { SecretCard } from "#domain/deliveries/events.ts";
import { rowsOf, type Stretch } from "#projections/kernel/keyset.ts";
import type { Sql } from "#projections/ports/sql.ts";

/** A webhook as it is told to be. */
export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly filter: Filter;
  readonly description: string;
  readonly deadLetterAfter: number | null;
  readonly enabled: boolean;
  readonly disabledReason: "asked" | "gone" | "failing" | null;
  readonly disabledDetail: string | null;
  readonly secrets: readonly (SecretCard & { readonly until: string | null })[];
  readonly createdAt: string;
  readonly createdBy: string;
  readonly resumeAt: number;
}

/** Where a webhook stands; timestamps are ISO 8601. */
export interface ProgressRow {
  readonly position: number;
  readonly attempt: number;
  readonly failingSince: string | null;
  readonly nextAt: string | null;
  readonly lastSuccess: string | null;
  readonly lastError: string | null;
}

export interface DeliveryRow {
  readonly id: number;
  readonly endpoint: string;
  readonly position: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly kind: "event" | "resend" | "test";
  readonly request: string | null;
  readonly attempt: number;
  readonly at: string;
  readonly ms: number;
  readonly status: number | null;
  readonly outcome: "delivered" | "failed" | "dead";
  readonly error: string | null;
  readonly response: string | null;
  readonly nextAt: string | null;
}

export interface DeadLetterRow {
  readonly position: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly attempts: number;
  readonly reason: string;
  readonly at: string;
  readonly resending: boolean;
}

const webhookColumns = `select id, url, filter, description, dead_letter_after as "deadLetterAfter", enabled, disabled_reason as "disabledReason",
  disabled_detail as "disabledDetail", secrets, created_at as "createdAt", created_by as "createdBy", resume_at as "resumeAt" from webhooks.endpoints`;

export const webhookById = async (sql: Sql, id: string): Promise<WebhookRow | null> => {
  const [row] = await sql.query<WebhookRow>({ name: "webhooks.by_id", text: `${webhookColumns} where id = $1`, values: [id] });
  return row ?? null;
};

/** In the order of their making. */
export const webhooksPage = (sql: Sql, stretch: Stretch) =>
  rowsOf<WebhookRow>(sql, { name: "webhooks.all", select: webhookColumns, where: [], values: [], key: ["created_at", "id"] }, stretch);

/** Null where no deliverer has had it in hand yet. */
export const progressOf = async (sql: Sql, id: string): Promise<ProgressRow | null> => {
  if (!(await hasTables(sql))) return null;
  const [row] = await sql.query<ProgressRow>({
    name: "webhooks.progress",
    text: `select position, attempt, failing_since as "failingSince", next_at as "nextAt", last_success as "lastSuccess", last_error as "lastError"
             from deliveries.cursors where endpoint = $1`,
    values: [id],
  });
  return row ?? null;
};

const deliveryColumns = `select id, endpoint, position, event_id as "eventId", event_type as "eventType", kind, request, attempt, at, ms, status, outcome, error,
  response, next_at as "nextAt" from deliveries.attempts`;

export interface DeliveryFilter {
  readonly outcome: string | null;
  readonly request: string | null;
}

/** Attempts by their number, which grows with time. */
export const deliveriesPage = async (sql: Sql, webhook: string, { outcome, request }: DeliveryFilter, stretch: Stretch) => {
  if (!(await hasTables(sql))) return { rows: [], more: false };
  const where = ["endpoint = $1"];
  const values: unknown[] = [webhook];
  if (outcome !== null) where.push(`outcome = $${values.push(outcome)}`);
  if (request !== null) where.push(`request = $${values.push(request)}`);
  const form = `${outcome === null ? "" : "o"}${request === null ? "" : "r"}`;
  return rowsOf<DeliveryRow>(sql, { name: `webhooks.deliveries.${form}`, select: deliveryColumns, where, values, key: ["id"], descending: true }, stretch);
};

const isTried = "exists (select from deliveries.attempts where attempts.request = requests.id)";
const isFresh = "requested_at > now() - interval '1 day'";

/** Of `webhooks.requests`: it will be tried. What nobody could try for a day is forgotten. */
export const isOpen = `${isFresh} and not ${isTried}`;

const resendIs = (open: string) =>
  `exists (select from webhooks.requests where requests.endpoint = dead_letters.endpoint and requests.event_position = dead_letters.event_position and kind = 'resend' and ${open})`;

/** What still needs somebody, in the order of the log. */
export const deadLettersPage = async (sql: Sql, webhook: string, stretch: Stretch) => {
  const tables = await hasTables(sql);
  const select = `select event_position as position, event_id as "eventId", event_type as "eventType", attempts, reason, at, ${resendIs(tables ? isOpen : isFresh)} as resending
    from webhooks.dead_letters`;
  return rowsOf<DeadLetterRow>(sql, { name: `webhooks.dead_letters.${tables}`, select, where: ["endpoint = $1"], values: [webhook], key: ["event_position"] }, stretch);
};

/** The deliverer makes its tables when it starts for the first time, which may be after a reader asks. */
const hasTables = async (sql: Sql): Promise<boolean> => {
  const [row] = await sql.query<{ there: boolean }>({ name: "webhooks.tables", text: "select to_regclass('deliveries.attempts') is not null as there" });
  return row?.there === true;
};
