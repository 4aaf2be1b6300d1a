import { setTimeout as sleep } from "node:timers/promises";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { backoff, isAway } from "#api/cli/patience.ts";
import type { Session } from "#api/cli/session.ts";

interface Lines<Item> {
  /** In messages. */
  readonly name: string;
  /** Where those behind what was read are. */
  readonly address: () => string;
  /** `ended`: the line was among them that says that all have come. */
  readonly read: (lines: readonly string[]) => { readonly items: readonly Item[]; readonly ended: boolean };
}

/** Everything of a long answer, as many at a time as have come; a lost connection is taken up again behind what was read. */
export async function* unbroken<Item>(session: Session, { name, address, read }: Lines<Item>): AsyncGenerator<readonly Item[]> {
  for (let attempt = 0; ; attempt++)
    try {
      for await (const lines of session.client.lineBatches(address())) {
        const { items, ended } = read(lines);
        attempt = 0;
        if (items.length > 0) yield items;
        if (ended) return;
      }
      throw new CliError(exitCodes.unavailable, `${name} broke off in the middle`, { hint: "try again" });
    } catch (error) {
      if (!isAway(error) || attempt > 4) throw error;
      session.output.note(`${error.message}; going on with ${address()}`);
      await sleep(backoff(error, attempt) * 1000, undefined, { signal: session.signal });
    }
}
