import { CliError, exitCodes, usageError } from "#api/cli/exit.ts";
import { instant } from "#api/cli/instant.ts";
import { searchEvents } from "#api/cli/operations/audit.ts";
import { showStatus } from "#api/cli/operations/status.ts";
import type { Session } from "#api/cli/session.ts";

/** A position of the log: given as one, as a time (everything before it), or as `now`. */
export const positionAt = async ({ client }: Session, name: string, given: string): Promise<number> => {
  const { head } = (await client.request(showStatus, {})).status.log;
  if (given === "now") return head;
  if (/^\d{1,16}$/.test(given)) {
    if (Number(given) <= head) return Number(given);
    throw new CliError(exitCodes.refused, `the log ends at position ${head}`);
  }
  if (!/^\d{4}-/.test(given)) throw usageError(`${name} must be a position, a time or now, not ${JSON.stringify(given)}`, "like 1200, 2026-11-20, 2026-11-20T10:00:00Z");
  const { events } = await client.request(searchEvents, { until: instant(name, given), last: 1 });
  return events.edges[0]?.node.position ?? 0;
};
