import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { CliError, exitCodes, usageError } from "./exit.ts";
import type { Catalog } from "./catalog.ts";
import { Client, isLocal } from "./client.ts";
import type { GlobalValues } from "./options.ts";
import { Output, type Terminal } from "./terminal.ts";

/** What the environment says (infra/config.ts). */
export interface CliConfig {
  /** How the CLI was called, for commands that its remarks propose: `waybill`, or `npx waybill`. */
  readonly program: string;
  readonly url: string;
  /** Folder of the server on this machine, which holds its administrator's token. */
  readonly data: string;
  readonly token: string | null;
  /** Folder where `download` keeps whom it trusts. */
  readonly trust: string;
  readonly color: boolean;
}

/** One run of one command. */
export interface Session {
  readonly output: Output;
  readonly config: CliConfig;
  /** Every command of the program. */
  readonly catalog: Catalog;
  /** The server, with the token of this run. */
  readonly client: Client;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** When the run began, by `performance.now()`. */
  readonly started: number;
}

export const openSession = async (
  globals: GlobalValues,
  { terminal, config, catalog, signal, started }: { terminal: Terminal; config: CliConfig; catalog: Catalog; signal: AbortSignal; started: number },
): Promise<Session> => {
  const url = readUrl(globals.url ?? config.url);
  const output = new Output(terminal, {
    program: config.program,
    json: globals.json === true,
    quiet: globals.quiet === true,
    color: globals.color !== false && config.color && terminal.stdout.isTTY === true,
  });
  return { output, config, catalog, client: new Client({ url, token: await readToken(globals, config, url), signal }), signal, started };
};

const readUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw usageError(`${JSON.stringify(text)} is no address of a server`, "write --url http://host:4000");
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
};

const readToken = async (globals: GlobalValues, config: CliConfig, url: URL): Promise<string | null> => {
  if (globals.token !== undefined) return globals.token;
  if (globals["token-file"] !== undefined) return tokenIn(globals["token-file"]);
  if (config.token !== null) return config.token;
  // The administrator's token of this machine goes to no other.
  if (!isLocal(url)) return null;
  return tokenIn(resolve(config.data, "admin-token")).catch(() => null);
};

const tokenIn = async (file: string): Promise<string> => {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError(exitCodes.usage, `cannot read the token in ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw usageError(`${file} holds no token`);
  return token;
};
