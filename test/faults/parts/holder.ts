import { Client } from "pg";
import type { Part } from "./part.ts";
import type { Stage } from "./stage.ts";

/** The process that runs one of the read models now, as their table says; undefined where nobody can be asked. */
export const holderOf = async ({ database, nodes }: Stage, which: number): Promise<Part | undefined> => {
  const client = new Client({ connectionString: database, connectionTimeoutMillis: 1000, query_timeout: 1000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ owner: string }>("select owner from waybill.projections where expires > clock_timestamp() order by name");
    const owner = rows[Math.floor(which * rows.length)]?.owner ?? "";
    return nodes.find((node) => node.owns(owner))?.part;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
};
