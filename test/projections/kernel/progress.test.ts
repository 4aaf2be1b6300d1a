import assert from "node:assert/strict";
import { isRefusal } from "#domain/kernel/decider.ts";
import { watchProjections } from "#projections/kernel/watch.ts";
import { openDatabase, patience, runner } from "#test/support/projecting.ts";
import { scriptedLog } from "#test/support/scripted-log.ts";
import { counted, tally } from "#test/support/tally.ts";

describe("Waiting for a read model", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  beforeEach(async () => {
    opened = await openDatabase();
  });
  afterEach(() => opened[Symbol.asyncDispose]());

  it("costs nothing when it is there already", async () => {
    const log = scriptedLog();
    log.write(counted("a"));
    await using models = runner({ ...opened, log }, [tally()]);
    await models.reached("tally", 1, patience);
    assert.deepEqual(await models.reached("tally", 1, 0), { position: 1, stale: false });
    assert.deepEqual(await models.reached("tally", 0, 0), { position: 1, stale: false });
  });

  it("ends when the runner of this process gets there", async () => {
    const log = scriptedLog();
    await using models = runner({ ...opened, log }, [tally()]);
    const waiting = [1, 2, 3].map((position) => models.reached("tally", position, patience));
    log.write(counted("a"), counted("b"), counted("c"));
    assert.deepEqual((await Promise.all(waiting)).map(({ stale }) => stale), [false, false, false]);
  });

  it("ends at its bound, with the position that there is", async () => {
    const log = scriptedLog();
    log.write(counted("a"));
    await using models = runner({ ...opened, log }, [tally()]);
    await models.reached("tally", 1, patience);
    assert.deepEqual(await models.reached("tally", 2, 30), { position: 1, stale: true });
  });

  it("ends when the runner of another process gets there", async () => {
    const log = scriptedLog();
    await using running = runner({ ...opened, log }, [tally()]);
    await using elsewhere = watchProjections({ ...opened, log, projections: [tally()] });
    log.write(counted("a"));
    assert.deepEqual(await elsewhere.reached("tally", 1, patience), { position: 1, stale: false });
    assert.deepEqual(elsewhere.unready(), []);
    log.write(counted("b"));
    assert.deepEqual(await elsewhere.reached("tally", 2, patience), { position: 2, stale: false });
    assert.deepEqual(await running.reached("tally", 2, patience), { position: 2, stale: false });
  });

  it("ends at once for a projection that has stopped", async () => {
    const log = scriptedLog();
    await using models = runner({ ...opened, log }, [tally()]);
    log.write(counted("a"), counted("b", 1, { broken: true }));
    assert.deepEqual(await models.reached("tally", 2, patience), { position: 1, stale: true });
    await using elsewhere = watchProjections({ ...opened, log, projections: [tally()] });
    assert.deepEqual(await elsewhere.reached("tally", 2, patience), { position: 1, stale: true });
  });

  it("refuses a read model that does not exist", async () => {
    await using models = watchProjections({ ...opened, log: scriptedLog(), projections: [] });
    await assert.rejects(models.reached("nothing", 1, 10), /no read model "nothing"/);
    const refusal = await models.rebuild("nothing");
    assert.ok(isRefusal(refusal) && refusal.refused === "PROJECTION_NOT_FOUND");
  });

  it("says how far each is behind the log", async () => {
    const log = scriptedLog();
    log.write(counted("a"), counted("b"));
    await using models = watchProjections({ ...opened, log, projections: [tally()] });
    const [status] = await models.status();
    assert.deepEqual([status?.position, status?.lag, status?.state], [0, 2, "waiting"]);
    assert.deepEqual(models.unready(), ["tally"]);
  });
});
