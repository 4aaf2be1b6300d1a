import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { CannotStart } from "#infra/cannot-start.ts";
import { codeOf, createPrivateFile } from "./durable-file.ts";

/**
 * The vault's passphrase: the configured one, else that of the file, which is made with a random one (256 bits, mode 0600) where
 * there is none. Whoever copies the vault needs this file, too.
 */
export const passphraseOf = async ({ configured, file }: { configured?: string | undefined; file: string }): Promise<string> => {
  if (configured !== undefined) return configured;
  const kept = await contentOf(file);
  if (kept !== null) return usable(kept, file);
  await createPrivateFile(file, `${randomBytes(32).toString("base64url")}\n`);
  return usable((await contentOf(file)) ?? "", file);
};

const contentOf = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
};

const usable = (content: string, file: string): string => {
  const passphrase = content.trimEnd();
  if (passphrase === "") throw new CannotStart(`the passphrase file ${file} is empty`);
  return passphrase;
};
