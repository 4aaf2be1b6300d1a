import { type Decider, type Refusal, refuse } from "#domain/kernel/decider.ts";
import type { CheckpointPublished, LedgerEstablished, LedgerEvent } from "./events.ts";
import type { z } from "zod";

type Established = Omit<z.infer<typeof LedgerEstablished>, "type">;
type Published = Omit<z.infer<typeof CheckpointPublished>, "type">;

export type LedgerCommand = ({ readonly type: "EstablishLedger" } & Established) | ({ readonly type: "RecordPublication" } & Published);

export interface Ledger extends Established {
  /** The largest checkpoint that was published, wherever that was. */
  readonly published: Published | null;
}

const decide = (command: LedgerCommand, ledger: Ledger | null): readonly LedgerEvent[] | Refusal<"LEDGER_NOT_ESTABLISHED"> => {
  switch (command.type) {
    case "EstablishLedger":
      // Whoever was first has named it.
      return ledger ? [] : [{ ...command, type: "LedgerEstablished" }];
    case "RecordPublication":
      if (!ledger) return refuse("LEDGER_NOT_ESTABLISHED", "The ledger has no key yet");
      return command.size <= (ledger.published?.size ?? 0) ? [] : [{ ...command, type: "CheckpointPublished" }];
  }
};

const evolve = (ledger: Ledger | null, event: LedgerEvent): Ledger | null => {
  switch (event.type) {
    case "LedgerEstablished":
      return { origin: event.origin, keyid: event.keyid, publicKey: event.publicKey, published: null };
    case "CheckpointPublished":
      return ledger && { ...ledger, published: event };
  }
};

/** The one stream `audit.ledger`. */
export const ledgerDecider: Decider<LedgerCommand, Ledger | null, LedgerEvent, "LEDGER_NOT_ESTABLISHED"> = { initialState: null, decide, evolve };
