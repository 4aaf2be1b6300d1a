import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { issueToken, newSecret, secretSha256 } from "#commands/access/issue-token.ts";
import type { Tokens } from "#commands/access/tokens.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import { CannotStart } from "./cannot-start.ts";
import { codeOf, createPrivateFile } from "./keys/durable-file.ts";

/** The file in the data folder that holds the first administrator's secret and a newline, mode 0600. */
export const adminTokenFile = (dataFolder: string): string => join(dataFolder, "admin-token");

/**
 * Sees to it that the secret in the file is an administrator's token; makes both at the first start. The file comes first, so
 * that a process which dies in between finishes at its next start, and of several at once all have the same. A token that was
 * revoked stays revoked.
 */
export const ensureAdminToken = async (dataFolder: string, tokens: Tokens): Promise<void> => {
  const file = adminTokenFile(dataFolder);
  const secret = (await readSecret(file)) ?? (await makeSecret(file));
  const commandId = commandIdOf("first administrator", secretSha256(secret));
  const issue = issueToken(tokens, () => secret);
  await issue({ name: "first administrator", scope: "admin", expires: null }, { actor: "system", commandId, correlationId: commandId });
};

const readSecret = async (file: string): Promise<string | undefined> => {
  try {
    const secret = (await readFile(file, "utf8")).trim();
    if (secret === "") throw new CannotStart(`the administrator's token in ${file} is empty: delete the file, and another is made`);
    return secret;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
};

/** Another process may be faster: then it is that one's. */
const makeSecret = async (file: string): Promise<string> => {
  const secret = newSecret();
  return (await createPrivateFile(file, `${secret}\n`)) ? secret : ((await readSecret(file)) ?? secret);
};
