import type { ServerDuplexStream, ServiceError } from "@grpc/grpc-js";
import anyMessage from "google-protobuf/google/protobuf/any_pb.js";
import emptyMessage from "google-protobuf/google/protobuf/empty_pb.js";
import { stored } from "./append.ts";
import { identifierOf, shared, status, streams } from "./definitions.ts";
import { delayed, takes } from "./faults.ts";
import { batchTargetOf, proposedOf } from "./proposals.ts";
import type { Serving } from "./serving.ts";
import type { Append, Outcome } from "./store.ts";

type Call = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

/** Many appends over one call; each is answered by its correlation id. */
export const batchAppend = (serving: Serving) => (call: Call): void => {
  const refused = serving.refuse(call.metadata);
  if (refused) return void call.emit("error", refused);
  const open = new Map<string, Omit<Append, "events"> & { events: Append["events"] }>();
  call.on("data", (request: streams.BatchAppendReq) => {
    const id = request.getCorrelationId()?.getString() ?? "";
    const options = request.getOptions();
    if (options) open.set(id, { ...batchTargetOf(options), events: [] });
    const append = open.get(id);
    if (!append) return;
    append.events = [...append.events, ...request.getProposedMessagesList().map(proposedOf)];
    if (!request.getIsFinal()) return;
    open.delete(id);
    void carryOut(serving, call, { append, id });
  });
  call.on("error", () => undefined);
  call.on("end", () => call.end());
};

const carryOut = async (serving: Serving, call: Call, { append, id }: { readonly append: Append; readonly id: string }) => {
  const outcome = await stored(serving, append);
  if (takes(serving.faults, "lose")) return;
  await delayed(serving.faults);
  const response = new streams.BatchAppendResp().setCorrelationId(new shared.UUID().setString(id)).setStreamIdentifier(identifierOf(append.stream));
  if ("kind" in outcome && (outcome.kind === "appended" || outcome.kind === "idempotent")) {
    const place = new shared.AllStreamPosition().setCommitPosition(String(outcome.last.position)).setPreparePosition(String(outcome.last.position));
    response.setSuccess(new streams.BatchAppendResp.Success().setCurrentRevision(String(outcome.last.revision)).setPosition(place));
  } else response.setError(errorOf(outcome));
  call.write(response);
};

const errorOf = (outcome: Outcome | ServiceError): status.Status => {
  const details = new anyMessage.Any();
  if ("kind" in outcome && outcome.kind === "wrong version") {
    const wrong = new shared.WrongExpectedVersion();
    if (outcome.current < 0) wrong.setCurrentNoStream(new emptyMessage.Empty());
    else wrong.setCurrentStreamRevision(String(outcome.current));
    details.pack(wrong.serializeBinary(), "event_store.client.WrongExpectedVersion");
  } else details.pack(new shared.Unknown().serializeBinary(), "event_store.client.Unknown");
  return new status.Status().setDetails(details);
};
