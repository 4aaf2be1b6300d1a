import { randomUUID } from "node:crypto";
import { status } from "@grpc/grpc-js";
import type { streams } from "./definitions.ts";
import { type Filter, filterOf } from "./filter.ts";
import { drained, lowerBound, type ReadCall } from "./read.ts";
import { refusal } from "./refusals.ts";
import { caughtUp, checkpointResponse, confirmation, eventResponse, fellBehind } from "./responses.ts";
import type { Serving } from "./serving.ts";

/** So many events behind, a live subscription catches up again. */
const liveBuffer = 256;

/**
 * A catch-up subscription to `$all`, as KurrentDB's `Enumerator.AllSubscriptionFiltered` answers one: begins behind the position, says
 * when it has caught up and when it fell behind, and sends a checkpoint after so many events that it looked at, and where it goes live.
 */
export const subscribe = async (serving: Serving, call: ReadCall, options: streams.ReadReq.Options): Promise<void> => {
  const { store, open } = serving;
  const filter = filterOf(options.getFilter());
  let wake: (() => void) | undefined;
  const unwatch = store.watch(() => wake?.());
  const ended = new Promise<void>((resolve) => {
    for (const event of ["cancelled", "close", "error"]) call.once(event, resolve);
  });
  const dropping = { drop: () => call.emit("error", refusal(status.UNAVAILABLE, "Subscription dropped")) };
  open.add(dropping);
  const leave = async () => {
    await ended;
    unwatch();
    open.delete(dropping);
    wake?.();
  };
  void leave();
  call.write(confirmation(randomUUID()));

  let index = startOf(serving, options);
  const looked = { count: 0, filter };
  for (let live = false; !call.cancelled && !call.destroyed; ) {
    if (live && store.all.length - index > liveBuffer) {
      live = false;
      call.write(fellBehind());
    }
    const from = index;
    for (; index < store.all.length && !call.cancelled; index++) await lookAt(serving, call, { index, looked });
    if (!live) {
      const last = store.all[index - 1];
      // Not twice.
      if (last && index > from && filter.checkpointEvery < Infinity && looked.count % filter.checkpointEvery > 0) call.write(checkpointResponse(last.position));
      call.write(caughtUp());
      live = true;
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (index < store.all.length || call.cancelled || call.destroyed) resolve();
    });
  }
};

const lookAt = async ({ store }: Serving, call: ReadCall, { index, looked }: { index: number; looked: { count: number; filter: Filter } }) => {
  const record = store.all[index];
  if (!record) return;
  looked.count++;
  if (looked.filter.passes(record) && !call.write(eventResponse(record))) await drained(call);
  if (looked.count % looked.filter.checkpointEvery === 0) call.write(checkpointResponse(record.position));
};

const startOf = ({ store }: Serving, options: streams.ReadReq.Options): number => {
  const all = options.getAll();
  if (all?.hasStart()) return 0;
  if (all?.hasEnd()) return store.all.length;
  const position = Number(all?.getPosition()?.getCommitPosition());
  return lowerBound(store.all, (record) => record.position > position);
};
