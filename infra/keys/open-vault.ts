import type { Secrets } from "#commands/ports/secrets.ts";
import { openFileSecrets } from "./file-secrets.ts";
import { type FileVault, openFileVault } from "./file-vault.ts";
import { passphraseOf } from "./passphrase.ts";

/** Everything that is encrypted with the vault's passphrase: keys that sign metadata, secrets that sign webhooks. */
export interface Vault {
  readonly keys: FileVault;
  readonly secrets: Secrets;
}

/** `at`: places in the data folder. */
export const openVault = async (at: (name: string) => string, configured: string | undefined): Promise<Vault> => {
  const passphrase = await passphraseOf({ configured, file: at("vault-passphrase") });
  const keys = await openFileVault({ folder: at("keys"), passphrase });
  return { keys, secrets: await openFileSecrets({ folder: at("keys/webhooks"), passphrase }) };
};
