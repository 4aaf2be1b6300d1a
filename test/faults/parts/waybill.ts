import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./engines.ts";
import { type Part, part, type Role } from "./part.ts";

/** One process of Waybill. */
export interface Node {
  readonly part: Part;
  readonly url: string;
  readonly data: string;
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

/** All of them sign with the same keys. */
export const node = ({ name, role, folder, port, environment }: Making): Node => {
  const [data, keys] = [join(folder, name), join(folder, "keys")];
  mkdirSync(data, { recursive: true, mode: 0o700 });
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  symlinkSync(keys, join(data, "keys"));
  const own = { WAYBILL_DATA: data, PORT: String(port), WAYBILL_VAULT_PASSPHRASE: "faults", WAYBILL_ROLE: role };
  const id = join(data, "node-id");
  return {
    url: `http://127.0.0.1:${port}`,
    data,
    owns: (owner) => existsSync(id) && owner === readFileSync(id, "utf8").trim(),
    part: part({
      name,
      role,
      output: join(folder, `${name}.log`),
      launch: () => ({ options: ["--max-semi-space-size=16", "--max-old-space-size=512", "infra/main.ts"], environment: { ...environment, ...own } }),
    }),
  };
};
