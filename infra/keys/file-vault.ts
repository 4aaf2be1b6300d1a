import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { chmod, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Unavailable } from "#domain/kernel/errors.ts";
import { Key, KeyId } from "#domain/trust/signed.ts";
import type { Signer, VaultKey } from "#commands/ports/signer.ts";
import { CannotStart } from "#infra/cannot-start.ts";
import { codeOf, createPrivateFile, writePrivateFile } from "./durable-file.ts";
import { identified, signEd25519 } from "./ed25519.ts";

/** What is known of a key without the passphrase: `<keyid>.json`. The private key is beside it in `<keyid>.pem`. */
const KeyCard = z.strictObject({ keyid: KeyId, key: Key, purpose: z.string() }).readonly();
export type KeyCard = z.infer<typeof KeyCard>;

export interface FileVault extends Signer {
  /** Every key of the vault, in the order of their keyids; needs no passphrase. */
  list(): Promise<readonly KeyCard[]>;
}

/** The passphrase is not the one that the vault's keys were encrypted with. */
export class WrongPassphrase extends CannotStart {
  constructor(file: string, cause: unknown) {
    super(`the passphrase of the key vault does not open ${file}: set WAYBILL_VAULT_PASSPHRASE to the one that it was made with, or unset it`, { cause });
    this.name = "WrongPassphrase";
  }
}

/**
 * Ed25519 keys in a folder (0700), one encrypted PKCS#8 PEM file each (0600): `openssl pkey -in` reads them. Throws `WrongPassphrase` at
 * once where there are keys that the passphrase does not open.
 */
export const openFileVault = async (options: { readonly folder: string; readonly passphrase: string }): Promise<FileVault> => {
  if (options.passphrase === "") throw new Error("the key vault needs a passphrase");
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  await chmod(options.folder, 0o700);
  const opened = new Map<string, Promise<Pair>>();

  const pairOf = (keyid: string): Promise<Pair> => {
    const known = opened.get(keyid);
    if (known) return known;
    const opening = openPair(options, keyid);
    opened.set(keyid, opening);
    opening.catch(() => opened.delete(keyid));
    return opening;
  };

  const list = () => cardsOf(options.folder);
  const [first] = await list();
  if (first) await pairOf(first.keyid);
  await checkPassphrase(options);

  return {
    list,
    generate: (purpose) => generate(options, purpose),
    sign: async (keyid, bytes) => {
      const { privateKey, publicKey } = await pairOf(keyid);
      return { keyid, sig: await signEd25519(privateKey, publicKey, bytes) };
    },
  };
};

/**
 * Several processes may open an empty vault at once: one whose passphrase is another must not find out when it cannot sign with the
 * others' keys. So the vault begins with a key that signs nothing.
 */
const checkPassphrase = async ({ folder, passphrase }: { folder: string; passphrase: string }): Promise<void> => {
  const file = join(folder, "passphrase-check.pem");
  if ((await pemIn(file)) === null) await createPrivateFile(file, encrypted(generateKeyPairSync("ed25519").privateKey, passphrase));
  decrypted((await pemIn(file)) ?? "", passphrase, file);
};

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const generate = async ({ folder, passphrase }: { folder: string; passphrase: string }, purpose: string): Promise<VaultKey> => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const vaultKey = identified(publicKey);
  await writePrivateFile(join(folder, `${vaultKey.keyid}.pem`), encrypted(privateKey, passphrase));
  await writePrivateFile(join(folder, `${vaultKey.keyid}.json`), `${JSON.stringify({ ...vaultKey, purpose }, null, 2)}\n`);
  return vaultKey;
};

const encrypted = (privateKey: KeyObject, passphrase: string): string =>
  privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }).toString();

const openPair = async ({ folder, passphrase }: { folder: string; passphrase: string }, keyid: string): Promise<Pair> => {
  if (!KeyId.safeParse(keyid).success) throw new Unavailable(`key ${keyid}`);
  const file = join(folder, `${keyid}.pem`);
  const privateKey = decrypted(await pemOf(file, keyid), passphrase, file);
  const publicKey = createPublicKey(privateKey);
  if (identified(publicKey).keyid !== keyid) throw new Error(`${file} holds another key than its name says`);
  return { privateKey, publicKey };
};

const pemOf = async (file: string, keyid: string): Promise<string> => {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new Unavailable(`key ${keyid}`, { cause });
  }
};

const pemIn = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
};

const decrypted = (pem: string, passphrase: string, file: string): KeyObject => {
  try {
    return createPrivateKey({ key: pem, passphrase });
  } catch (error) {
    // With one wrong passphrase in 256 the padding looks right by chance, and the decoder fails instead.
    if (pem.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----") && codeOf(error)?.startsWith("ERR_OSSL")) throw new WrongPassphrase(file, error);
    throw error;
  }
};

const cardsOf = async (folder: string): Promise<readonly KeyCard[]> => {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).sort();
  return Promise.all(names.map(async (name) => KeyCard.parse(JSON.parse(await readFile(join(folder, name), "utf8")))));
};
