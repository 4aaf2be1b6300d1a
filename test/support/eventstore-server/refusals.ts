import { Metadata, type ServiceError, status } from "@grpc/grpc-js";

/** A failed call as the server words it: the kind is in the trailer `exception`. */
export const refusal = (code: status, message: string, exception?: string, details: Readonly<Record<string, string>> = {}): ServiceError => {
  const metadata = new Metadata();
  if (exception !== undefined) metadata.set("exception", exception);
  for (const [key, value] of Object.entries(details)) metadata.set(key, value);
  return Object.assign(new Error(message), { code, details: message, metadata });
};

export const tooLarge = (limit: number) =>
  refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, "maximum-append-size-exceeded", { "maximum-append-size": String(limit) });

export const unavailable = () => refusal(status.UNAVAILABLE, "Server Is Not Ready");
export const unauthenticated = () => refusal(status.UNAUTHENTICATED, "Unauthenticated");
export const corrupted = () => refusal(status.UNKNOWN, "Envelope callback expected WriteEventsCompleted: CorruptedIdempotency");
export const notLeader = (host: string, port: number) =>
  refusal(status.NOT_FOUND, "Leader info available", "not-leader", { "leader-endpoint-host": host, "leader-endpoint-port": String(port) });
export const timedOut = () => refusal(status.DEADLINE_EXCEEDED, "Deadline Exceeded");
