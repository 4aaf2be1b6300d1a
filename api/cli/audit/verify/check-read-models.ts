import { exitCodes } from "#api/cli/exit.ts";
import { counted } from "#api/cli/format.ts";
import { showStatus } from "#api/cli/operations/status.ts";
import { ServerError } from "#api/cli/server-errors.ts";
import { type Checked, type Finding, skipped } from "./checked.ts";
import type { Check } from "./checks.ts";
import { keyText } from "#api/cli/audit/replay.ts";
import { type DifferingRow, replayed, type Replayed, type ReplayedTable } from "#api/cli/audit/replays.ts";

const name = "read models";

/** Whose tables are held against the log itself. */
const without = "ledger";

/** Each read model against a replay of the log into tables of its own: by digest, and where those differ, row by row. */
export const checkReadModels: Check = async ({ session, signal }) => {
  try {
    const { status } = await session.client.request(showStatus, {});
    const names = status.projections.map((projection) => projection.name).filter((projection) => projection !== without);
    return checked(await replayed(session, { names, against: "live", rows: 20 }, signal));
  } catch (error) {
    if (!(error instanceof ServerError && error.exit === exitCodes.unauthorized)) throw error;
    return skipped(name, "not looked at: this needs an administrator's token");
  }
};

const checked = (all: readonly Replayed[]): Checked => {
  const findings = all.flatMap(findingsOf);
  const rows = all.flatMap(({ tables }) => tables).reduce((sum, { replayed }) => sum + (replayed?.rows ?? 0), 0);
  return {
    check: name,
    findings: findings.map(({ finding }) => finding),
    more: findings.reduce((sum, { more }) => sum + more, 0),
    summary: `${counted(all.length, "read model")} of ${counted(rows, "row")}, each as the log makes it`,
    facts: { readModels: all.map(({ name, generation, position, digest, same }) => ({ name, generation, position, digest, same })) },
  };
};

interface Located {
  readonly finding: Finding;
  readonly more: number;
}

const located = (position: number | null, event: string | null, message: string, more = 0): Located => ({ finding: { check: name, position, event, message }, more });

const findingsOf = ({ name: model, tables, against, failure, same }: Replayed): readonly Located[] => {
  if (failure) return [located(failure.position, failure.event, `${model}: the event cannot be applied: ${failure.error}`)];
  if (!against) return [located(null, null, `${model} has no tables`)];
  return same === true ? [] : tables.flatMap((table) => tableFindings(model, table));
};

const tableFindings = (model: string, { table, replayed: mine, found, unlike, added, removed, changed, rows }: ReplayedTable): readonly Located[] => {
  const place = `${model}.${table}`;
  if (!mine || !found) return [located(null, null, `${place} is ${found ? "not of this read model" : "missing"}`)];
  const columns = unlike.length > 0 ? [located(null, null, `${place} has other columns than it should: ${unlike.join(", ")}`)] : [];
  const all = added + removed + changed;
  return [...columns, ...rows.map((row, at) => located(positionIn(row), null, `${place} ${said(row)}`, at === 0 ? all - rows.length : 0))];
};

const said = (row: DifferingRow): string => {
  if (row.change === "added") return `has a row that no event made: ${keyText(row.key)}`;
  if (row.change === "removed") return `lacks the row ${keyText(row.key)}`;
  const columns = Object.entries(row.columns).map(([column, { replayed, found }]) => `${column} is ${quoted(found)}, and ${quoted(replayed)} by the log`);
  return `has a row that is not as the log makes it: ${keyText(row.key)}: ${columns.join("; ")}`;
};

const quoted = (value: string | null): string => (value === null ? "null" : JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value));

/** Where the row itself says which event made it. */
const positionIn = ({ key }: DifferingRow): number | null => {
  const position = Number(key["position"] ?? Number.NaN);
  return Number.isSafeInteger(position) ? position : null;
};

