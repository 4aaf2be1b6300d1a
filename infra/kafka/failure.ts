/**
 * What to do about an error of kafkajs. `lost`: this connection, or all this client knows of the cluster, is of no use. `moved`: who
 * leads is out of date. `busy`: the same again, later. `final`: it will not get better. `none`: it is no error of kafkajs.
 */
export type Failure = "lost" | "moved" | "busy" | "final" | "none";

export const failureOf = (error: unknown): Failure => {
  if (!(error instanceof Error)) return "none";
  if (lost.has(error.name)) return "lost";
  if (error.name === "KafkaJSProtocolError" || error.name === "KafkaJSOffsetOutOfRange") {
    if (moved.has(field(error, "type"))) return "moved";
    return Reflect.get(error, "retriable") === true ? "busy" : "final";
  }
  // kafkajs wraps the error that made it give up.
  if (wrappers.has(error.name) && error.cause !== undefined && error.cause !== error) return failureOf(error.cause);
  return error.name.startsWith("KafkaJS") ? "final" : "none";
};

/** What the protocol calls it; empty for what is no error of the protocol. */
export const protocolError = (error: unknown): string => (error instanceof Error ? field(error, "type") || protocolError(error.cause) : "");

const field = (error: Error, name: string): string => {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : "";
};

const lost = new Set([
  "KafkaJSConnectionError", "KafkaJSConnectionClosedError", "KafkaJSRequestTimeoutError", "KafkaJSBrokerNotFound", "KafkaJSMetadataNotLoaded",
  "KafkaJSTopicMetadataNotLoaded", "KafkaJSGroupCoordinatorNotFound", "KafkaJSLockTimeout",
]);

const moved = new Set([
  "UNKNOWN_TOPIC_OR_PARTITION", "LEADER_NOT_AVAILABLE", "NOT_LEADER_FOR_PARTITION", "REPLICA_NOT_AVAILABLE", "FENCED_LEADER_EPOCH", "UNKNOWN_LEADER_EPOCH",
  "KAFKA_STORAGE_ERROR", "BROKER_NOT_AVAILABLE", "NOT_COORDINATOR_FOR_GROUP", "GROUP_COORDINATOR_NOT_AVAILABLE",
]);

const wrappers = new Set(["KafkaJSNumberOfRetriesExceeded", "KafkaJSNonRetriableError"]);
