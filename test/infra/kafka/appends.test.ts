import assert from "node:assert/strict";
import { ConcurrencyConflict, Unavailable } from "#domain/kernel/errors.ts";
import type { Receipt } from "#commands/ports/event-log.ts";
import { appends } from "#infra/kafka/appends.ts";
import { type Arbiter, OwnershipLost } from "#infra/kafka/arbiter.ts";
import type { AppendRequest } from "#infra/kafka/messages.ts";
import { prepared } from "#infra/log/prepared.ts";
import { cause, ticks } from "#test/conformance/event-log/harness.ts";

describe("Appends that wait for their answer", () => {
  it("are put to the owner once one is known, in their order", async () => {
    const { pending, sent } = node();
    const waiting = [1, 2, 3].map(() => pending.append(request()));
    assert.equal(sent.length, 0);
    pending.ruledBy(7);
    assert.deepEqual(sent.map(({ id, to }) => [id, to]), [[1, 7], [2, 7], [3, 7]]);
    for (const { id } of sent) pending.answered(id, 7, receipt(id));
    assert.deepEqual((await Promise.all(waiting)).map(({ position }) => position), [1, 2, 3]);
  });

  it("are put to a later owner again, and the word of the earlier one counts no more", async () => {
    const { pending, sent } = node();
    const waiting = pending.append(request());
    pending.ruledBy(7);
    pending.ruledBy(9);
    assert.deepEqual(sent.map(({ id, to }) => [id, to]), [[1, 7], [1, 9]]);
    pending.answered(1, 7, new ConcurrencyConflict("test.clock-1", 3, 4));
    pending.answered(1, 9, receipt(5));
    assert.equal((await waiting).position, 5);
  });

  it("take a receipt of anybody: what is in the log is", async () => {
    const { pending } = node();
    const waiting = pending.append(request());
    pending.ruledBy(7);
    pending.ruledBy(9);
    pending.answered(1, 7, receipt(5));
    assert.equal((await waiting).position, 5);
  });

  it("do not go back to an owner that has been followed by another", () => {
    const { pending, sent } = node();
    void pending.append(request()).catch(() => undefined);
    pending.ruledBy(9);
    pending.ruledBy(7);
    pending.ruledBy(9);
    assert.deepEqual(sent.map(({ to }) => to), [9]);
    assert.equal(pending.highest(), 9);
  });

  it("wait on when this node loses the log in the middle of them, and go to the next owner", async () => {
    const { pending, sent } = node();
    pending.rule(7, court(() => Promise.reject(new OwnershipLost())));
    const waiting = pending.append(request());
    await new Promise(setImmediate);
    pending.resigned(7);
    pending.ruledBy(8);
    assert.deepEqual(sent.map(({ to }) => to), [8]);
    pending.answered(1, 8, receipt(5));
    assert.equal((await waiting).position, 5);
  });

  it("ask who the owner is, and are unavailable in the end, with the reason why there is none", async () => {
    const { pending, asked } = node(50);
    await assert.rejects(pending.append(request()), (error) => error instanceof Unavailable && error.cause instanceof Error && error.cause.message === "nobody");
    assert.ok(asked() > 0);
  });

  it("are all answered before it is closed, and none is taken afterwards", async () => {
    const { pending } = node();
    const waiting = pending.append(request());
    pending.ruledBy(7);
    const closed = pending.close();
    await assert.rejects(pending.append(request()), Unavailable);
    pending.answered(1, 7, receipt(5));
    await Promise.all([waiting, closed]);
  });
});

const node = (patience = 5000) => {
  const sent: AppendRequest[] = [];
  let questions = 0;
  const forward = async (message: AppendRequest) => void sent.push(message);
  const ask = () => void questions++;
  return { pending: appends({ node: "n", forward, ask, vacancy: () => new Error("nobody"), patience }), sent, asked: () => questions };
};

const court = (submit: Arbiter["submit"]): Arbiter => ({ submit, failed: new Promise(() => undefined), finish: async () => undefined });

const request = () => prepared("test.clock-1", ticks(1), { expected: "any", cause: cause() });

const receipt = (position: number): Receipt => ({ position, stream: "test.clock-1", revision: 0, eventIds: [], replayed: false });
