import { hostname } from "node:os";
import { join } from "node:path";
import type { Environment } from "./engines.ts";
import { type Part, part, type Role } from "./part.ts";

/** One process of Waybill. */
export interface Node {
  readonly part: Part;
  readonly url: string;
  /** It holds the lease of this owner. */
  readonly owns: (owner: string) => boolean;
}

interface Making {
  readonly name: string;
  readonly role: Role;
  readonly folder: string;
  readonly port: number;
  readonly environment: Environment;
}

/** What all of them share: keys, blobs, the administrator's token. */
export const dataIn = (folder: string): string => join(folder, "data");

export const node = ({ name, role, folder, port, environment }: Making): Node => {
  const own = { WAYBILL_DATA: dataIn(folder), PORT: String(port), WAYBILL_ROLE: role };
  const one = part({
    name,
    role,
    output: join(folder, `${name}.log`),
    launch: () => ({ options: ["--max-semi-space-size=16", "--max-old-space-size=512", "infra/main.ts"], environment: { ...environment, ...own } }),
  });
  return { url: `http://127.0.0.1:${port}`, owns: (owner) => owner.startsWith(`${hostname()}-${one.pid()}-`), part: one };
};
