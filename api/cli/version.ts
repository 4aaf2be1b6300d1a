import { readFile } from "node:fs/promises";
import { z } from "zod";
import { command } from "./command.ts";
import { exitCodes } from "./exit.ts";
import { showStatus } from "./operations/status.ts";

const Package = z.object({ version: z.string() });

export const version = command(
  {
    name: "version",
    summary: "the version of this program, and of the server",
    operands: [],
    options: { server: { kind: "flag", help: "ask the server for its version, too" } },
    examples: [["version --server", "both"]],
  },
  async ({ client, output }, { values }) => {
    const own = await ownVersion();
    const server = values.server === true ? (await client.request(showStatus, {})).status.version : undefined;
    await output.result({ version: own, node: process.version, server }, () => [
      `waybill ${own} (Node ${process.version})`,
      ...(server === undefined ? [] : [`server ${server} at ${client.url.origin}`]),
    ]);
    return exitCodes.ok;
  },
);

export const ownVersion = async (): Promise<string> =>
  Package.parse(JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"))).version;
