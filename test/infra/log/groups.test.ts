import assert from "node:assert/strict";
import { Unavailable } from "#domain/kernel/errors.ts";
import { groups } from "#infra/log/groups.ts";

/** Answers each request with itself, the odd one out with an error; a request above 100 fails its whole group. */
const recorded = (most: number) => {
  const said: string[] = [];
  const run = async (group: readonly number[]) => {
    said.push(`run ${group.join()}`);
    await new Promise(setImmediate);
    if (group.some((request) => request > 100)) throw new Unavailable("log");
    return group.map((request) => (request === 13 ? new Error("13") : request));
  };
  const ask = groups(run, { weigh: () => 1, most });
  const asked = async (request: number) => {
    await ask(request).then(() => said.push(`told ${request}`), ({ message }: Error) => said.push(`refused ${request}: ${message}`));
  };
  return { ask, asked, said };
};

describe("Groups of requests", () => {
  it("carry all that was asked in one tick, and then what its answers led to", async () => {
    const { asked, said } = recorded(10);
    await Promise.all([1, 2, 3].map(async (request) => {
      await asked(request);
      await asked(request * 10);
    }));
    assert.deepEqual(said, ["run 1,2,3", "told 1", "told 2", "told 3", "run 10,20,30", "told 10", "told 20", "told 30"]);
  });

  it("set out in the order of asking, a full one before the last one's answers are told, and any other after them", async () => {
    const { asked, said } = recorded(2);
    await Promise.all([1, 2, 3, 4, 5].map(asked));
    assert.deepEqual(said, ["run 1,2", "run 3,4", "told 1", "told 2", "told 3", "told 4", "run 5", "told 5"]);
  });

  it("refuse one request alone, or all of a group that fails, and none of the next", async () => {
    const { asked, said } = recorded(2);
    await Promise.all([12, 13, 101, 14, 15].map(asked));
    assert.deepEqual(said.filter((line) => !line.startsWith("run")), ["told 12", "refused 13: 13", ...[101, 14].map((request) => `refused ${request}: log unavailable`), "told 15"]);
  });

  it("answer what waits before they are closed, and refuse what comes later", async () => {
    const { ask, asked, said } = recorded(1);
    const all = Promise.all([1, 2, 3].map(asked));
    await ask[Symbol.asyncDispose]();
    await asked(4);
    await all;
    assert.deepEqual(said.filter((line) => line.startsWith("told")), ["told 1", "told 2", "told 3"]);
    assert.match(said.at(-1) ?? "", /^refused 4: /);
  });
});
