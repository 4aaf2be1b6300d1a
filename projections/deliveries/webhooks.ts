import { deliveriesCodec, type DeliveryEvent } from "#domain/deliveries/events.ts";
import type { Recorded } from "#domain/kernel/event.ts";
import { eventsOf, type Projection, sqlBeside } from "#projections/kernel/projection.ts";
import type { Statement } from "#projections/ports/sql.ts";

/** Webhooks: where events go, which, and signed with what; single deliveries that were asked for; dead letters. */
export const webhooks: Projection<Recorded<DeliveryEvent>> = {
  name: "webhooks",
  generation: 2,
  tables: sqlBeside(import.meta.url, "webhooks.sql"),
  ...eventsOf(deliveriesCodec),
  // Rare events of people: one after the other.
  apply: async (batch, sql) => {
    for (const recorded of batch) for (const statement of statementsOf(recorded)) await sql.query(statement);
  },
};

const statementsOf = ({ event, at, actor, position }: Recorded<DeliveryEvent>): readonly Statement[] => {
  const { endpoint } = event;
  switch (event.type) {
    case "EndpointCreated": {
      const { url, filter, description, deadLetterAfter, secret, after } = event;
      const secrets = JSON.stringify([{ ...secret, until: null }]);
      return [{ text: create, values: [endpoint, url, JSON.stringify(filter), storable(description), deadLetterAfter, secrets, at, actor, after, position] }];
    }
    case "EndpointReconfigured": {
      const { url, filter, description, deadLetterAfter } = event;
      const set = "url = $3, filter = $4, description = $5, dead_letter_after = $6";
      return [change(set, endpoint, position, [url, JSON.stringify(filter), storable(description), deadLetterAfter])];
    }
    case "SecretRotated":
      return [change(rotate, endpoint, position, [JSON.stringify({ ...event.secret, until: null }), event.previousUntil])];
    case "EndpointDisabled":
      return [change("enabled = false, disabled_reason = $3, disabled_detail = $4", endpoint, position, [event.reason, storable(event.detail)])];
    case "EndpointEnabled":
      return [change("enabled = true, disabled_reason = null, disabled_detail = null", endpoint, position, [])];
    case "EndpointDeleted":
      return ["endpoints where id", "requests where endpoint", "dead_letters where endpoint"].map((of) => ({ text: `delete from ${of} = $1`, values: [endpoint] }));
    case "ReplayRequested":
      // What it sends again is put aside again, where that is not taken either.
      return [change(replay, endpoint, position, [event.after, event.until, event.rate]), { text: "delete from dead_letters where endpoint = $1 and event_position > $2", values: [endpoint, event.after] }];
    case "DeliveryRequested":
      return [{ text: "insert into requests values ($1, $2, $3, $4, $5, $6)", values: [event.request, endpoint, event.kind, event.position, at, position] }];
    case "DeadLettered":
      return [
        {
          text: `insert into dead_letters values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (endpoint, event_position) do update set attempts = excluded.attempts, reason = excluded.reason, at = excluded.at`,
          values: [endpoint, event.position, event.eventId, storable(event.eventType), event.attempts, storable(event.reason), at],
        },
      ];
    case "ResendTaken":
      return [{ text: "delete from dead_letters where endpoint = $1 and event_position = $2", values: [endpoint, event.position] }];
    case "CursorNoted":
      return [{ text: "update endpoints set resume_at = $2 where id = $1", values: [endpoint, event.position] }];
  }
};

const create = `insert into endpoints (id, url, filter, description, dead_letter_after, enabled, secrets, created_at, created_by, resume_at,
    replay_position, replay_after, replay_until, position)
  values ($1, $2, $3, $4, $5, true, $6, $7, $8, $9, 0, 0, 0, $10)`;

const rotate = "secrets = json_build_array($3::json, ((secrets->0)::jsonb || jsonb_build_object('until', $4::text))::json)";
const replay = "replay_position = $2, replay_after = $3, replay_until = $4, replay_rate = $5, resume_at = $3";

const change = (set: string, endpoint: string, position: number, values: readonly unknown[]): Statement => ({
  text: `update endpoints set position = $2, ${set} where id = $1`,
  values: [endpoint, position, ...values],
});

// PostgreSQL's text holds no NUL, and a description comes from outside.
const storable = (text: string): string => text.replaceAll("\0", "\ufffd");
