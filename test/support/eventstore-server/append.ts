import type { sendUnaryData, ServerReadableStream, ServiceError } from "@grpc/grpc-js";
import { shared, streams } from "./definitions.ts";
import { delayed, takes } from "./faults.ts";
import { proposedOf, sizeOnDisk, targetOf } from "./proposals.ts";
import type { Proposed } from "./record.ts";
import { corrupted, tooLarge } from "./refusals.ts";
import type { Serving } from "./serving.ts";
import type { Append, Outcome } from "./store.ts";

type Call = ServerReadableStream<streams.AppendReq, streams.AppendResp>;

/** One append as a call of its own: the target first, then event by event. */
export const append = (serving: Serving) => (call: Call, answer: sendUnaryData<streams.AppendResp>): void => {
  const refused = serving.refuse(call.metadata);
  if (refused) return answer(refused);
  let target: Omit<Append, "events"> | undefined;
  const events: Proposed[] = [];
  call.on("data", (request: streams.AppendReq) => {
    const options = request.getOptions();
    const message = request.getProposedMessage();
    if (options) target = targetOf(options);
    if (message) events.push(proposedOf(message));
  });
  call.on("error", () => undefined);
  call.on("end", () => {
    if (target) void carryOut(serving, { ...target, events }, answer);
  });
};

const carryOut = async (serving: Serving, request: Append, answer: sendUnaryData<streams.AppendResp>) => {
  const outcome = await stored(serving, request);
  if (takes(serving.faults, "lose")) return;
  await delayed(serving.faults);
  if (outcome instanceof Error) answer(outcome);
  else if (outcome.kind === "corrupted idempotency") answer(corrupted());
  else answer(null, responseTo(outcome));
};

/** Checks and stores, twice where that was asked for; the second answer counts. */
export const stored = async ({ store, faults, maxAppendSize }: Serving, request: Append): Promise<Outcome | ServiceError> => {
  const size = request.events.reduce((sum, event) => sum + sizeOnDisk(event), 0);
  if (size > maxAppendSize) return tooLarge(maxAppendSize);
  if (takes(faults, "duplicate")) await store.append(request);
  return store.append(request);
};

const responseTo = (outcome: Exclude<Outcome, { kind: "corrupted idempotency" }>): streams.AppendResp => {
  const response = new streams.AppendResp();
  if (outcome.kind === "wrong version") {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (outcome.current < 0) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(outcome.current));
    return response.setWrongExpectedVersion(wrong);
  }
  const { revision, position } = outcome.last;
  const place = new streams.AppendResp.Position().setCommitPosition(String(position)).setPreparePosition(String(position));
  return response.setSuccess(new streams.AppendResp.Success().setCurrentRevision(String(revision)).setPosition(place));
};
