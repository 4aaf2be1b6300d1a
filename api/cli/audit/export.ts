import { open } from "node:fs/promises";
import { type Checkpoint, openCheckpoint } from "#domain/audit/checkpoint.ts";
import { compactRange } from "#domain/audit/compact-range.ts";
import { formatNoteKey } from "#domain/audit/note.ts";
import { subtreesOf } from "#domain/audit/subtrees.ts";
import { matcherOf } from "#domain/deliveries/filter.ts";
import { parseFilter } from "#domain/deliveries/filter-text.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { verifyEd25519 } from "#commands/audit/ed25519.ts";
import { command } from "#api/cli/command.ts";
import { CliError, exitCodes, usageError } from "#api/cli/exit.ts";
import { counted } from "#api/cli/format.ts";
import { proveInclusion, showLedger } from "#api/cli/operations/audit.ts";
import { Progress } from "#api/cli/progress.ts";
import type { Session } from "#api/cli/session.ts";
import type { BundleHeader } from "./bundle.ts";
import { type LedgerTiles, ledgerTiles } from "./ledger-tiles.ts";
import { logLeaves } from "./log-leaves.ts";
import { trustedKey, trustOptions } from "./trusted.ts";

export const exportBundle = command(
  {
    name: "audit export",
    summary: "a file of events that anybody can verify without this server",
    operands: [],
    details: [
      "The file has the events, the hashes of everything around them, a signed checkpoint and the ledger's key, one JSON line each. `audit verify --bundle` verifies it offline: that each event is in the log as it was recorded, and, without --filter, that between the two positions none is missing.",
      "Of events that the token may not see, it has the hash only.",
    ],
    options: {
      output: { kind: "text", short: "o", value: "FILE", help: "where to; - is standard output" },
      after: { kind: "integer", value: "POS", help: "begin behind this position (0)" },
      to: { kind: "integer", value: "POS", help: "up to this position (the newest that a checkpoint covers)" },
      filter: { kind: "text", value: "FILTER", help: "only these: 'type=trust.*;stream=trust.targets-demo;key=pkg:deb/'" },
      key: trustOptions.key,
      repository: trustOptions.repository,
    },
    examples: [
      ["audit export -o all.audit", "the whole log"],
      ["audit export --filter 'stream=trust.repository-demo' -o demo.audit", "the history of one repository"],
    ],
  },
  async (session, { values }) => {
    if (values.output === undefined) throw usageError("--output is missing", "say where to: -o FILE, or -o - for standard output");
    const { key } = await trustedKey(session, values);
    const { ledger } = await session.client.request(showLedger, {});
    const note = ledger.checkpoint;
    const checkpoint = note === null ? null : openCheckpoint(note, key, verifyEd25519);
    if (note === null) throw new CliError(exitCodes.refused, "no checkpoint was signed yet", { hint: "try again in a second or two" });
    if (!checkpoint) throw new CliError(exitCodes.unverified, `the server's checkpoint is not signed by the key ${key.name}`);
    const tree = ledgerTiles(session, checkpoint.size);
    const stretch = await stretchOf(session, tree, values);
    const selection = { after: stretch.after, to: stretch.to, filter: values.filter ?? "" };
    const header: BundleHeader = { format: "waybill-audit-bundle/1", key: formatNoteKey(key), checkpoint: note, selection, exportedAt: new Date().toISOString() };
    await using sink = await sinkOf(session, values.output);
    await sink.write(JSON.stringify(header));
    const events = await writeLeaves(session, { tree, stretch, filter: selection.filter, checkpoint, write: sink.write });
    await sink.write(JSON.stringify({ end: { events } }));
    session.output.note(`${counted(events, "event")} written${values.output === "-" ? "" : ` to ${values.output}`}; verify it: ${session.output.program} audit verify --bundle ${values.output}`);
    return exitCodes.ok;
  },
);

interface Stretch {
  readonly after: number;
  readonly to: number;
  /** Of the first leaf behind `after`. */
  readonly first: number;
}

const stretchOf = async (session: Session, tree: LedgerTiles, { after = 0, to }: { readonly after?: number; readonly to?: number }): Promise<Stretch> => {
  const last = await tree.leafAt(tree.size - 1);
  const end = Math.min(to ?? Number.MAX_SAFE_INTEGER, last?.position ?? 0);
  if (after >= end) throw usageError(`there are no events between positions ${after} and ${end} that a checkpoint covers`);
  if (after === 0) return { after, to: end, first: 0 };
  for await (const { position } of logLeaves(session, { after, to: end })) {
    const { inclusionProof } = await session.client.request(proveInclusion, { position });
    if (inclusionProof) return { after, to: end, first: inclusionProof.index };
    break;
  }
  throw usageError(`there are no events between positions ${after} and ${end}`);
};

interface Writing {
  readonly tree: LedgerTiles;
  readonly stretch: Stretch;
  readonly filter: string;
  readonly checkpoint: Checkpoint;
  readonly write: (line: string) => Promise<void>;
}

/** Leaves from left to right: events that are wanted, and whole subtrees in the place of all others. Verified on the way. */
const writeLeaves = async (session: Session, { tree, stretch, filter, checkpoint, write }: Writing): Promise<number> => {
  const wanted = matcherOf(filterOf(filter));
  const range = compactRange();
  let [events, index] = [0, stretch.first];
  const gapUpTo = async (end: number) => {
    for (const subtree of subtreesOf(range.size(), end)) {
      const hash = await tree.hashOf(subtree);
      range.push(hash, subtree.level);
      await write(JSON.stringify({ subtree: { level: subtree.level, hash: hash.toString("base64") } }));
    }
  };
  using progress = new Progress(session.output, "exporting", tree.size - stretch.first);
  for await (const leaf of logLeaves(session, stretch)) {
    progress.advance(1);
    const at = index++;
    if (leaf.event !== null && !wanted(leaf.event)) continue;
    if (leaf.event === null && filter !== "") continue;
    await gapUpTo(at);
    range.push(leaf.hash);
    if (leaf.event === null) await write(JSON.stringify({ subtree: { level: 0, hash: leaf.hash.toString("base64"), withheld: true } }));
    else {
      events += 1;
      await write(`{"event":${leaf.text}}`);
    }
  }
  await gapUpTo(checkpoint.size);
  if (range.root().equals(checkpoint.root)) return events;
  throw new CliError(exitCodes.unverified, "NOT VERIFIED: these events do not lead to the root that was signed", { hint: "what is wrong with the log: waybill audit verify" });
};

const filterOf = (text: string) => {
  try {
    return parseFilter(text);
  } catch (error) {
    if (error instanceof InvalidInput) throw usageError(`--filter: ${error.message}`);
    throw error;
  }
};

const sinkOf = async (session: Session, file: string) => {
  if (file === "-") return { write: (line: string) => session.output.line(line), [Symbol.asyncDispose]: () => Promise.resolve() };
  const handle = await open(file, "w").catch((cause: unknown) => {
    throw usageError(`cannot write ${file}: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  const lines: string[] = [];
  const flush = async () => void (await handle.write(lines.splice(0).join("")));
  return {
    write: async (line: string) => {
      if (lines.push(`${line}\n`) >= 500) await flush();
    },
    [Symbol.asyncDispose]: async () => {
      await flush();
      await handle.close();
    },
  };
};
