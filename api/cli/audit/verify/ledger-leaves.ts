import { counted } from "#api/cli/format.ts";
import type { Session } from "#api/cli/session.ts";
import type { Collected } from "./collected.ts";
import { type Extent, leafRows } from "./leaf-rows.ts";
import type { LogLeaf } from "#api/cli/audit/log-leaves.ts";

/** The server's table `leaves` against the leaves of the log. */
export const ledgerLeaves = (session: Session, findings: Collected) => {
  const rows = leafRows(session);
  let index = 0;
  const tell = (message: string, position: number | null = null): void => findings.add({ position, event: null, message: `ledger.leaves ${message}` });

  const compareOdd = async ({ position, id }: LogLeaf): Promise<void> => {
    let row = await rows.peek();
    for (; row && row.index < index; row = await rows.peek()) {
      tell(`has a row that no event made: index=${row.index}`);
      rows.pass();
    }
    if (row?.index !== index) return tell(`lacks the row index=${index}`, position);
    rows.pass();
    const columns = [...(row.position === position ? [] : [`position is ${row.position}, and ${position} by the log`]), ...(row.id === id ? [] : [`id is ${row.id}, and ${id} by the log`])];
    if (columns.length > 0) tell(`has a row that is not as the log makes it: index=${index}: ${columns.join("; ")}`, position);
  };

  return {
    /** The next leaves, in their order. */
    compare: async (leaves: readonly LogLeaf[]): Promise<void> => {
      for (const leaf of leaves) {
        const row = rows.here();
        // Without a turn of the event loop for each of a million.
        if (row?.index === index && row.position === leaf.position && row.id === leaf.id) rows.pass();
        else await compareOdd(leaf);
        index += 1;
      }
    },
    /** Those behind the last one that was compared: of later events there are rows in order, and of nothing else. Answers what the tables held then. */
    rest: async (): Promise<Extent | null> => {
      let next = index;
      for (let row = await rows.peek(); row; row = await rows.peek()) {
        if (row.index === next) next += 1;
        else tell(`has a row that no event made: index=${row.index}`);
        rows.pass();
      }
      const extent = rows.extent();
      if (extent && extent.leaves > extent.size) tell(`has ${counted(extent.leaves - extent.size, "row")} that no event made: from index=${extent.size} on`);
      if (extent && extent.leaves < extent.size) tell(`lacks the rows from index=${extent.leaves} on`);
      return extent;
    },
    close: rows.close,
  };
};
