import { isRefusal } from "#domain/kernel/decider.ts";
import { ledgerStream } from "#domain/audit/events.ts";
import type { Ledger, LedgerCommand } from "#domain/audit/ledger.ts";
import type { Aggregate } from "#commands/kernel/aggregate.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import type { Signer } from "#commands/ports/signer.ts";

/** The stream `audit.ledger`. */
export type Ledgers = Aggregate<LedgerCommand, Ledger | null, "LEDGER_NOT_ESTABLISHED">;

/**
 * The ledger's name and key; makes both where there is none yet. A process that dies before the event leaves a key in the vault that
 * nothing names. Of several at once the first one's holds.
 */
export const establishLedger = async (ledgers: Ledgers, signer: Signer, origin: string | undefined): Promise<Ledger> => {
  const { state } = await ledgers.latest(ledgerStream);
  if (state) return state;
  const { keyid, key } = await signer.generate("ledger");
  const command = { type: "EstablishLedger", origin: origin ?? `waybill/${keyid.slice(0, 16)}`, keyid, publicKey: key.keyval.public } as const;
  const commandId = commandIdOf("establish ledger", keyid);
  const answer = await ledgers.handle(ledgerStream, command, { actor: "system", reason: "the ledger's first start", commandId, correlationId: commandId });
  if (isRefusal(answer)) throw new Error(`the ledger could not be established: ${answer.message}`);
  return establishLedger(ledgers, signer, origin);
};
