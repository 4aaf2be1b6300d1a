import type { ServerDuplexStream, ServiceError } from "@grpc/grpc-js";
import anyMessage from "google-protobuf/google/protobuf/any_pb.js";
import emptyMessage from "google-protobuf/google/protobuf/empty_pb.js";
import { stored } from "./append.ts";
import { identifierOf, shared, status, streams } from "./definitions.ts";
import { delayed, takes } from "./faults.ts";
import { batchTargetOf, proposedOf } from "./proposals.ts";
import { unavailable } from "./refusals.ts";
import type { Serving } from "./serving.ts";
import type { Append, Outcome } from "./store.ts";

type Call = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

/** Many appends over one call; each is answered by its correlation id. */
export const batchAppend = (serving: Serving) => (call: Call): void => {
  const refused = serving.refuse(call.metadata);
  if (refused) return void call.emit("error", refused);
  const open = new Map<string, Omit<Append, "events"> & { events: Append["events"] }>();
  call.on("data", (request: streams.BatchAppendReq) => {
    if (serving.faults.unavailable) return void call.emit("error", unavailable());
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
  const [details, type] = detailsOf(outcome);
  const packed = new anyMessage.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${type}`);
  return new status.Status().setDetails(packed);
};

const detailsOf = (outcome: Outcome | ServiceError): readonly [{ serializeBinary(): Uint8Array }, type: string] => {
  if ("details" in outcome) return [new shared.MaximumAppendSizeExceeded().setMaxappendsize(Number(outcome.metadata.get("maximum-append-size")[0])), "MaximumAppendSizeExceeded"];
  if (outcome.kind !== "wrong version") return [new shared.Unknown(), "Unknown"];
  const wrong = new shared.WrongExpectedVersion();
  if (outcome.current < 0) wrong.setCurrentNoStream(new emptyMessage.Empty());
  else wrong.setCurrentStreamRevision(String(outcome.current));
  return [wrong, "WrongExpectedVersion"];
};
