import { command } from "#api/cli/command.ts";
import { exitCodes } from "#api/cli/exit.ts";
import { counted, duration, printable } from "#api/cli/format.ts";
import type { Session } from "#api/cli/session.ts";
import type { Checked, Finding } from "./verify/checked.ts";
import { checkAll } from "./verify/checks.ts";
import { ledgerTables } from "./verify/ledger-tables.ts";
import { publishedFiles } from "./verify/published-files.ts";
import { givenKey, trustedKey, trustOptions } from "./trusted.ts";
import { verifyBundle } from "./verify-bundle.ts";

export const verify = command(
  {
    name: "audit verify",
    summary: "whether the log is what was recorded and signed, and everything made of it what it says",
    operands: [],
    details: [
      "Reads the whole log and hashes every event here: against the server's Merkle tree, against every checkpoint that was signed of it, and each stream's revisions. What was changed, dropped, put in, exchanged or cut off is told by its position; the exit code is 6.",
      "Then fetches every version of every TUF metadata file, against the event that published it, and has every other read model replayed from the log and compared by digest (with an administrator's token): what differs is told by table, key and column. This is most of the work: --without read-models leaves it to another time.",
      "With --bundle it needs no server: it verifies a file that `audit export` made.",
    ],
    options: {
      bundle: { kind: "text", value: "FILE", help: "verify this file instead of a server; - is standard input" },
      without: { kind: "list", value: "CHECK", choices: ["tuf", "read-models"], help: "leave these checks out, and say so" },
      ...trustOptions,
    },
    examples: [
      ["audit verify --repository demo", "with key and head by the root that this machine trusts"],
      ["audit verify --bundle release.audit --key ledger.key", "without a server"],
    ],
  },
  async (session, { values: { bundle, without = [], ...wanted } }) => {
    if (bundle !== undefined) return report(session, [await verifyBundle(bundle, wanted.key === undefined ? null : await givenKey(wanted.key))]);
    const trusted = await trustedKey(session, wanted);
    return report(session, await checkAll({ session, trusted, files: publishedFiles(), tables: ledgerTables(session) }, without));
  },
);

const report = async ({ output, started }: Session, checked: readonly Checked[]): Promise<number> => {
  const verified = checked.every(({ findings }) => findings.length === 0);
  const milliseconds = Math.round(performance.now() - started);
  await output.result({ verified, checks: checked, milliseconds }, () => [
    ...checked.flatMap(({ findings, more }) => [
      ...findings.flatMap((finding) => output.folded(`${output.red("✗")} `, line(finding))),
      ...(more > 0 ? [`${output.red("✗")} and ${counted(more, "finding")} more`] : []),
    ]),
    ...checked.flatMap(({ check, summary, findings, skipped }) => {
      if (skipped) return output.folded(`${output.yellow("–")} `, `${check}: ${summary}`);
      return findings.length === 0 ? output.folded(`${output.green("✓")} `, `${check}: ${summary}`) : output.folded(`${output.red("✗")} `, `${check}: does not verify`);
    }),
    verified ? `${output.green("verified")} in ${duration(milliseconds)}` : output.red("NOT VERIFIED"),
  ]);
  return verified ? exitCodes.ok : exitCodes.unverified;
};

const line = ({ check, position, event, message }: Finding): string =>
  `${check}: ${position === null ? "" : `position ${position}${event === null ? "" : `, event ${printable(event)}`}: `}${printable(message)}`;
