import type { EventLog } from "#commands/ports/event-log.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Logged } from "./check/finding.ts";

/** The whole log, with what the checker needs of each event. */
export const wholeLog = async (log: EventLog): Promise<readonly Logged[]> => {
  const events: Logged[] = [];
  for (let after = 0; ; ) {
    const page = await log.readAll({ after, limit: 1000 });
    events.push(...page.events.map(logged));
    after = page.position;
    if (page.caughtUp) return events;
  }
};

/** What a command brings is in these; others, a removal say, may name it again. */
const bringing = new Set(["faults.Ticked.v1", "graph.VersionsRecorded.v1", "trust.TargetsAdded.v1", "access.TokenIssued.v1"]);

const logged = ({ id, type, stream, revision, position, commandId, data }: StoredEvent): Logged => {
  const markers = bringing.has(type) ? [...new Set(JSON.stringify(data).match(/mark-[0-9a-f-]{36}/g))] : [];
  const { after } = data;
  const lineage = type === "faults.Ticked.v1" && (typeof after === "string" || after === null) ? { after } : {};
  return { id, stream, revision, position, commandId, markers, ...lineage };
};
