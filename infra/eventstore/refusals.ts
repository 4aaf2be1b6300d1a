import { shared, type streams } from "./client.ts";

/** Nothing was stored. */
export type Refused =
  /** Somebody was first; or has stored a part of the same. */
  | { readonly kind: "moved on" }
  | { readonly kind: "too large"; readonly limit: number }
  | { readonly kind: "access denied" }
  | { readonly kind: "deleted" }
  /** Whether it was stored, nobody knows. */
  | { readonly kind: "unknown"; readonly message: string };

/** What an append was answered that was not stored, by the type of the answer's details. */
export const refusalOf = (response: streams.BatchAppendResp): Refused => {
  const details = response.getError()?.getDetails();
  switch (details?.getTypeName() ?? "") {
    case "event_store.client.WrongExpectedVersion":
    // The server's word for "corrupted idempotency", too: the first events of this append are there already, the others are not.
    case "event_store.client.Unknown":
    case "event_store.client.InvalidTransaction":
      return { kind: "moved on" };
    case "event_store.client.MaximumAppendSizeExceeded":
      return { kind: "too large", limit: largest(details?.getValue_asU8()) };
    case "event_store.client.AccessDenied":
      return { kind: "access denied" };
    case "event_store.client.StreamDeleted":
      return { kind: "deleted" };
    default:
      return { kind: "unknown", message: response.getError()?.getMessage() || (details?.getTypeName() ?? "no reason given") };
  }
};

const largest = (exceeded: Uint8Array = new Uint8Array()): number => shared.MaximumAppendSizeExceeded.deserializeBinary(exceeded).getMaxappendsize();
