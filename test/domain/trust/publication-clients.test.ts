import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { Updater } from "tuf-js";
import { carriedOut, someSettings, someSteps } from "#test/support/histories.ts";
import { type History, publishedStates, servedFiles, targetsAt } from "#test/support/publisher.ts";
import { tufServer } from "#test/support/tuf-server.ts";

const base = await mkdtemp(join(tmpdir(), "waybill-clients-"));
after(() => rm(base, { recursive: true }));

let files: ReadonlyMap<string, Uint8Array> = new Map();
let served: Awaited<ReturnType<typeof tufServer>>;
before(async () => {
  served = await tufServer(() => files);
});
after(() => served[Symbol.asyncDispose]());

const updaterOn = (metadataDir: string) =>
  new Updater({ metadataDir, metadataBaseUrl: served.url, config: { fetchRetries: 0, fetchRetry: false } });

/** A client that knows the root and nothing else. */
const coldClient = async (): Promise<string> => {
  const folder = await mkdtemp(join(base, "cold-"));
  await writeFile(join(folder, "root.json"), files.get("1.root.json") ?? "");
  return folder;
};

const copyOf = async (folder: string): Promise<string> => {
  const copy = await mkdtemp(join(base, "warm-"));
  await cp(folder, copy, { recursive: true });
  return copy;
};

/** Refreshes and looks for a name that is there, with what must be found, and for one that was removed. */
const isGreen = async (folder: string, state: History): Promise<void> => {
  const last = state.repository.at(-1);
  const present = targetsAt(state.targets, last?.type === "MetadataPublished" ? last.covers : -1);
  const updater = updaterOn(folder);
  await updater.refresh();
  for (const { path, length, hashes, custom } of [...present.values()].slice(-2)) {
    const found = await updater.getTargetInfo(path);
    assert.deepEqual([found?.length, found?.hashes, found?.custom], [length, hashes, custom ?? {}], path);
  }
  const gone = state.targets.flatMap((event) => (event.type === "TargetsRemoved" ? event.paths : [])).find((path) => !present.has(path));
  if (gone !== undefined) assert.equal(await updater.getTargetInfo(gone), undefined, gone);
};

describe("tuf-js, for any history", () => {
  it("I1: refreshes green and finds what is there, cold and warm from every earlier state", () =>
    fc.assert(
      fc.asyncProperty(someSettings, someSteps(9), async (settings, steps) => {
        const history = (await carriedOut(settings, steps, Date.now())).history();
        const earlier: string[] = [];
        for (const state of publishedStates(history)) {
          files = servedFiles(state);
          for (const folder of earlier) await isGreen(await copyOf(folder), state);
          const cold = await coldClient();
          await isGreen(cold, state);
          earlier.push(cold);
        }
      }),
      { numRuns: 12 },
    ));
});
