import { CliError, exitCodes } from "#api/cli/exit.ts";
import { count, counted } from "#api/cli/format.ts";
import { proveInclusion, publishedCheckpoints, showLedger } from "#api/cli/operations/audit.ts";
import { showStatus } from "#api/cli/operations/status.ts";
import { Progress } from "#api/cli/progress.ts";
import type { Session } from "#api/cli/session.ts";
import type { Hash } from "#domain/audit/merkle.ts";
import type { Head } from "#domain/audit/proofs.ts";
import type { Check } from "./checks.ts";
import { claimsOf, type Holding, holding } from "./claims.ts";
import { collected } from "./collected.ts";
import { type Difference, differences } from "./differences.ts";
import { ledgerTiles } from "#api/cli/audit/ledger-tiles.ts";
import { type LogLeaf, logLeafBatches } from "#api/cli/audit/log-leaves.ts";
import { revisions } from "./revisions.ts";

/** Events between two looks at the progress. */
const progressEach = 500;

/**
 * The log itself against its Merkle tree, the tree against everything that was signed of it, and each stream's revisions. Nothing of it
 * is the server's word: it hashes every event here.
 */
export const checkLedger: Check = async ({ session, trusted, files, tables }) => {
  const ledger = await wholeLedger(session);
  const { events } = await session.client.request(publishedCheckpoints, {});
  const served = ledger.checkpoint === null ? [] : [ledger.checkpoint];
  const notes = [...trusted.notes, ...events.edges.map(({ node }) => node.data.checkpoint), ...served];
  const { claims, unsigned } = claimsOf(notes, trusted.key);
  const findings = collected("ledger");
  if (unsigned > 0)
    findings.add({ position: null, event: null, message: `${counted(unsigned, "checkpoint")} of ${notes.length} ${unsigned === 1 ? "is" : "are"} not signed by the key ${trusted.key.name}` });

  const tree = ledgerTiles(session, ledger.size);
  const last = ledger.size > 0 ? await tree.leafAt(ledger.size - 1) : null;
  const byLog = holding(claims, tables.closed);
  // The same as the log's as long as the leaves are.
  let apart: Holding | null = null;
  const byTree = (): Holding => (apart ??= byLog.fork(claims.filter(({ size }) => size <= ledger.size)));
  const streams = revisions();
  let [withheld, passed] = [0, 0];
  using progress = new Progress(session.output, "verifying", ledger.size);
  const seen = (leaf: LogLeaf) => {
    if (++passed % progressEach === 0) progress.advance(progressEach);
    files.see(leaf);
    if (leaf.event === null) withheld += 1;
    const wrong = streams.see(leaf);
    if (wrong !== null) findings.add({ position: leaf.position, event: leaf.id, message: wrong });
  };
  const ofLog = (leaf: LogLeaf) => {
    byTree();
    byLog.push(leaf.hash);
    seen(leaf);
  };
  const ofTree = (hash: Hash) => byTree().push(hash);
  const ofBoth = (leaf: LogLeaf) => {
    byLog.push(leaf.hash);
    apart?.push(leaf.hash);
    tables.see(leaf);
    seen(leaf);
  };
  const log = logLeafBatches(session, { after: 0, to: last?.position ?? 0 });
  let first: Difference | null = null;
  let others = -1;
  for await (const difference of differences(log, tree, { ofLog, ofTree, ofBoth, between: tables.compare }))
    if (difference.kind === "moved") {
      first ??= difference;
      others += 1;
    } else findings.add({ position: difference.position, event: difference.id, message: await said(session, difference) });

  // All events behind one that was put in or taken out, where the others moved up: one finding.
  if (first) {
    const also = others > 0 ? `; nor ${others === 1 ? "is" : "are"} ${counted(others, "event")} behind it` : "";
    findings.tell({ position: first.position, event: first.id, message: `${await said(session, first)}${also}` });
  }
  const [broken] = byLog.broken();
  if (broken) findings.tell({ position: null, event: null, message: brokenClaim(broken, byTree().broken(), claims) });
  if (byLog.broken().length === 0 && byTree().broken().length > 0)
    findings.tell({ position: null, event: null, message: "the log is what was signed, and the server's tiles are not: waybill rebuild ledger" });
  const facts = {
    events: byLog.size(), root: byLog.root().toString("base64"), withheld, checkpoints: claims.length, signedUpTo: claims.at(-1)?.size ?? 0, key: trusted.key.name, keyFrom: trusted.from,
  };
  return { check: "ledger", findings: findings.told, more: findings.more(), summary: summaryOf(facts), facts };
};

/** A tree that is being filled has not reached what was signed of it: that is no finding. */
const wholeLedger = async ({ client }: Session) => {
  const { status } = await client.request(showStatus, {});
  const { ledger } = await client.request(showLedger, { after: status.log.head });
  if (!ledger.stale) return ledger;
  throw new CliError(exitCodes.unavailable, `the server's tree is at position ${ledger.position}, and the log at ${status.log.head}`, { hint: "try again when it has caught up: waybill status" });
};

const said = async (session: Session, { kind, id, index }: Difference): Promise<string> => {
  switch (kind) {
    case "changed":
      return "was changed after it was recorded: it is not what the ledger has hashed";
    case "missing":
      return "is missing from the log";
    case "moved":
      return "is not at the position at which it was recorded";
    case "replaced":
      return `is in the place of another event (leaf ${index ?? "?"})`;
    case "out of order":
      return "is not in the place at which it was recorded: events were exchanged";
    case "inserted": {
      const { inclusionProof: original } = await session.client.request(proveInclusion, { event: id });
      return original ? `was put into the log afterwards: a copy of the event at position ${original.position}` : "was put into the log afterwards";
    }
  }
};

const brokenClaim = ({ size }: Head, ofTree: readonly Head[], all: readonly Head[]): string => {
  const holds = all.filter((claim) => claim.size < size).map((claim) => claim.size);
  const from = Math.max(0, ...holds);
  const both = ofTree.some((claim) => claim.size === size);
  return both
    ? `neither the log nor its tree is what was signed of the first ${count(size)} events: both were changed, between event ${count(from + 1)} and ${count(size)}`
    : `the log is not what was signed of its first ${count(size)} events`;
};

const summaryOf = (facts: { readonly events: number; readonly checkpoints: number; readonly signedUpTo: number; readonly withheld: number; readonly keyFrom: string }): string =>
  [
    `${counted(facts.events, "event")}, each hashed and in its place`,
    `${counted(facts.checkpoints, "signed checkpoint")} (the newest of ${counted(facts.signedUpTo, "event")})`,
    ...(facts.keyFrom === "server" ? ["the key is the server's word: --key or --repository"] : []),
    ...(facts.withheld > 0 ? [`${counted(facts.withheld, "event")} by hash only: this token may not see them`] : []),
  ].join("; ");
