import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { repositoryStream, targetsStream, trustCodec, type TrustEvent } from "#domain/trust/events.ts";
import { targetEntries } from "#domain/trust/metadata.ts";
import { binIndex } from "#domain/trust/bins.ts";
import { targetsInBins } from "#projections/trust/bin-targets.ts";
import { metadataVersion } from "#projections/trust/file-queries.ts";
import { tuf } from "#projections/trust/tuf.ts";
import { applied, cutAt } from "#test/support/applied.ts";
import { carriedOut, someSettings, someSteps } from "#test/support/histories.ts";
import { openDatabase } from "#test/support/projecting.ts";
import { type History, servedFiles, targetsAt } from "#test/support/publisher.ts";
import { recordedBy } from "#test/support/scripted-log.ts";

const streamOf = (event: TrustEvent) =>
  event.type === "TargetsAdded" || event.type === "TargetsRemoved" ? targetsStream(event.repository) : repositoryStream(event.repository);

/** Every target event before all publications but the first: each of them has to look back to the revision that it covers. */
const logOf = ({ repository, targets }: History) => {
  const revisions = new Map<string, number>();
  return recordedBy(trustCodec, streamOf, [...repository.slice(0, 2), ...targets, ...repository.slice(2)]).map((event): StoredEvent => {
    const revision = (revisions.get(event.stream) ?? -1) + 1;
    revisions.set(event.stream, revision);
    return Object.assign({}, event, { revision });
  });
};

describe("The read model of TUF repositories", () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  before(async () => {
    opened = await openDatabase();
  });
  after(() => opened[Symbol.asyncDispose]());

  it("keeps byte for byte what the publisher signed, whatever was added since and wherever batches are cut", () =>
    fc.assert(
      fc.asyncProperty(someSettings, someSteps(12), fc.array(fc.nat(), { maxLength: 4 }), async (settings, steps, places) => {
        const history = (await carriedOut(settings, steps, Date.UTC(2026, 10, 21))).history();
        await applied(opened.database, tuf, cutAt(logOf(history), places));
        for (const [name, bytes] of servedFiles(history)) {
          const [, version, role = "timestamp"] = /^(?:(\d+)\.)?(.+)\.json$/.exec(name) ?? [];
          if (version === undefined) continue;
          const file = await metadataVersion(opened.database, "demo", role, Number(version));
          assert.equal(file?.bytes.toString(), Buffer.from(bytes).toString(), name);
        }
      }),
      { numRuns: 15 },
    ));

  it("joins the entries of a bin in canonical order, as of every revision", () =>
    fc.assert(
      fc.asyncProperty(someSettings, someSteps(12), async (settings, steps) => {
        const history = (await carriedOut(settings, steps, Date.UTC(2026, 10, 21))).history();
        await applied(opened.database, tuf, [logOf(history)]);
        const bins = Array.from({ length: settings.bins }, (_, index) => index);
        for (let revision = -1; revision < history.targets.length; revision++) {
          const listed = Map.groupBy(targetsAt(history.targets, revision).values(), ({ path }) => binIndex(path, settings.bins));
          const joined = await targetsInBins(opened.database, "tuf.", { repository: "demo", bins, revision });
          for (const bin of bins) assert.equal(joined.get(bin) ?? "", targetEntries(listed.get(bin) ?? []));
        }
      }),
      { numRuns: 15 },
    ));
});
