import { type Decider, refuse } from "#domain/kernel/decider.ts";
import type { DeliveryEvent, EndpointSettings, SecretCard } from "./events.ts";

type Outcome = Extract<DeliveryEvent, { type: "EndpointDisabled" | "DeadLettered" | "ResendTaken" | "CursorNoted" }>;
type Unbound<Event> = Event extends { readonly endpoint: string } ? Omit<Event, "endpoint"> : never;

export type EndpointCommand =
  | ({ readonly type: "CreateEndpoint"; readonly endpoint: string; readonly secret: SecretCard; readonly after: number } & EndpointSettings)
  | { readonly type: "ReconfigureEndpoint"; readonly changes: Partial<EndpointSettings> }
  | { readonly type: "RotateSecret"; readonly secret: SecretCard; readonly previousUntil: string }
  | { readonly type: "EnableEndpoint" }
  | { readonly type: "DeleteEndpoint" }
  | { readonly type: "Replay"; readonly after: number; readonly until: number; readonly rate: number | null }
  | { readonly type: "RequestDelivery"; readonly request: string; readonly kind: "resend" | "test"; readonly position: number }
  /** What the engine found out, and a person's wish to disable. */
  | { readonly type: "Record"; readonly outcome: Unbound<Outcome> };

export type EndpointState = {
  readonly endpoint: string;
  readonly settings: EndpointSettings;
  readonly secret: string;
  readonly enabled: boolean;
  readonly deleted: boolean;
  readonly noted: number;
  /** Position of the last dead letter. */
  readonly deadLettered: number;
} | null;

export type EndpointCode = "WEBHOOK_NOT_FOUND" | "WEBHOOK_DISABLED";

/** One receiver of events. Deleted for good; everything else can be said twice. */
export const endpoint: Decider<EndpointCommand, EndpointState, DeliveryEvent, EndpointCode> = {
  initialState: null,
  decide: (command, state) => {
    if (command.type === "CreateEndpoint") {
      if (state) return [];
      const { type: _, ...created } = command;
      return [{ type: "EndpointCreated", ...created }];
    }
    if (!state || state.deleted) return refuse("WEBHOOK_NOT_FOUND", "There is no such webhook");
    return decided(command, state);
  },
  evolve: (state, event) => {
    if (event.type === "EndpointCreated") {
      const { type: _, endpoint, secret, after, ...settings } = event;
      return { endpoint, settings, secret: secret.id, enabled: true, deleted: false, noted: after, deadLettered: 0 };
    }
    return state && evolved(state, event);
  },
};

type Known = NonNullable<EndpointState>;

const decided = (command: Exclude<EndpointCommand, { type: "CreateEndpoint" }>, state: Known) => {
  const { endpoint } = state;
  switch (command.type) {
    case "ReconfigureEndpoint": {
      const settings = { ...state.settings, ...command.changes };
      return JSON.stringify(settings) === JSON.stringify(state.settings) ? [] : [{ type: "EndpointReconfigured", endpoint, ...settings } as const];
    }
    case "RotateSecret": {
      const { type: _, ...rotated } = command;
      return command.secret.id === state.secret ? [] : [{ type: "SecretRotated", endpoint, ...rotated } as const];
    }
    case "EnableEndpoint":
      return state.enabled ? [] : [{ type: "EndpointEnabled", endpoint } as const];
    case "DeleteEndpoint":
      return [{ type: "EndpointDeleted", endpoint } as const];
    case "Replay": {
      if (!state.enabled) return refuse("WEBHOOK_DISABLED", "The webhook is disabled: enable it first");
      const { type: _, ...replay } = command;
      return [{ type: "ReplayRequested", endpoint, ...replay } as const];
    }
    case "RequestDelivery": {
      const { type: _, ...requested } = command;
      return [{ type: "DeliveryRequested", endpoint, ...requested } as const];
    }
    case "Record":
      return isSaid(command.outcome, state) ? [] : [{ endpoint, ...command.outcome }];
  }
};

const isSaid = (outcome: Unbound<Outcome>, state: Known): boolean => {
  switch (outcome.type) {
    case "EndpointDisabled":
      return !state.enabled;
    case "CursorNoted":
      return outcome.position === state.noted;
    case "DeadLettered":
      return outcome.position === state.deadLettered;
    case "ResendTaken":
      return false;
  }
};

const evolved = (state: Known, event: Exclude<DeliveryEvent, { type: "EndpointCreated" }>): Known => {
  switch (event.type) {
    case "EndpointReconfigured": {
      const { type: _, endpoint: __, ...settings } = event;
      return { ...state, settings };
    }
    case "SecretRotated":
      return { ...state, secret: event.secret.id };
    case "EndpointDisabled":
      return { ...state, enabled: false };
    case "EndpointEnabled":
      return { ...state, enabled: true };
    case "EndpointDeleted":
      return { ...state, deleted: true };
    case "ReplayRequested":
      return { ...state, noted: event.after, deadLettered: 0 };
    case "DeadLettered":
      return { ...state, deadLettered: event.position };
    case "CursorNoted":
      return { ...state, noted: event.position };
    case "DeliveryRequested":
    case "ResendTaken":
      return state;
  }
};
