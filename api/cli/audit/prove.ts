import { writeFile } from "node:fs/promises";
import { openCheckpoint } from "#domain/audit/checkpoint.ts";
import { rootByInclusion } from "#domain/audit/proofs.ts";
import { verifyEd25519 } from "#commands/audit/ed25519.ts";
import { command } from "#api/cli/command.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { proveInclusion } from "#api/cli/operations/audit.ts";
import type { Session } from "#api/cli/session.ts";
import { card } from "#api/cli/table.ts";
import { givenEvent } from "./given-event.ts";
import { type LogLeaf, logLeaves } from "./log-leaves.ts";
import { trustedKey, trustOptions } from "./trusted.ts";

export const prove = command(
  {
    name: "audit prove",
    summary: "that an event is in the log, by a checkpoint that was signed",
    operands: ["EVENT"],
    details: ["EVENT is its id or its position. The proof is verified here, against the event as the log has it now; -o writes it as a .tlog-proof file (C2SP), which other programs verify."],
    options: {
      output: { kind: "text", short: "o", value: "FILE", help: "write the proof into this file" },
      key: trustOptions.key,
      repository: trustOptions.repository,
    },
    examples: [["audit prove 17 -o event-17.tlog-proof", "the event at position 17"]],
  },
  async (session, { operands: [given = ""], values }) => {
    const { key, from } = await trustedKey(session, values);
    const { inclusionProof: found } = await session.client.request(proveInclusion, givenEvent(given));
    if (!found)
      throw new CliError(exitCodes.refused, `there is no proof for ${JSON.stringify(given)}`, { hint: "there is no such event, or no checkpoint covers it yet: try again in a second or two" });
    const leaf = await leafAt(session, found.position);
    const checkpoint = openCheckpoint(found.checkpoint, key, verifyEd25519);
    if (!checkpoint) throw unproven(`its checkpoint is not signed by the key ${key.name}`);
    const proof = found.hashes.map((hash) => Buffer.from(hash, "base64"));
    const root = rootByInclusion({ index: found.index, size: checkpoint.size, leaf: leaf.hash, proof });
    if (root?.equals(checkpoint.root) !== true) throw unproven("the event in the log is not the one that was hashed");
    if (values.output !== undefined) await writeFile(values.output, found.tlogProof);
    const document = { ...found, type: leaf.type, stream: leaf.stream, leafHash: leaf.hash.toString("base64"), key: key.name, keyFrom: from, file: values.output ?? null };
    const { green, bold } = session.output;
    const facts: [string, string][] = [
      [green("proven"), `${bold(leaf.type)} at position ${found.position}`],
      ["event", found.eventId],
      ["leaf", `${found.index} of ${checkpoint.size}`],
      ["log", `${checkpoint.origin}${from === "server" ? "  (the key is the server's word: --key or --repository)" : ""}`],
      ...(values.output === undefined ? [] : [["proof", values.output] satisfies [string, string]]),
    ];
    await session.output.result(document, () => card(facts, session.output.width));
    return exitCodes.ok;
  },
);

const leafAt = async (session: Session, position: number): Promise<LogLeaf> => {
  for await (const leaf of logLeaves(session, { after: position - 1, to: position })) return leaf;
  throw unproven(`the log has no event at position ${position} any more`);
};

const unproven = (why: string): CliError => new CliError(exitCodes.unverified, `NOT PROVEN: ${why}`, { hint: "what is wrong with the log: waybill audit verify" });
