import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { chmod, mkdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Secrets } from "#commands/ports/secrets.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { once } from "#projections/kernel/once.ts";
import { codeOf, createPrivateFile } from "./durable-file.ts";

const Sealed = z.strictObject({ iv: z.base64(), sealed: z.base64(), tag: z.base64() });

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 ** 2 };

/**
 * Secrets in a folder (0700), one file each (0600): AES-256-GCM under a key that scrypt makes of the vault's passphrase and a salt
 * that lies beside them. A file cannot be put in another's place: its id is sealed with it.
 */
export const openFileSecrets = async ({ folder, passphrase }: { readonly folder: string; readonly passphrase: string }): Promise<Secrets> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const key = once(async () => derive(passphrase, await saltOf(join(folder, "salt")), 32, cost));
  const file = (id: string) => join(folder, `${z.uuid().parse(id)}.json`);
  return {
    keep: (id, secret) => answering(async () => createPrivateFile(file(id), JSON.stringify(seal(await key(), id, secret)))),
    read: (id) =>
      answering(async () => {
        const text = await contentOf(file(id));
        return text === null ? null : unseal(await key(), id, text);
      }),
    forget: (id) =>
      answering(async () => {
        await unlink(file(id)).catch(unlessMissing);
      }),
  };
};

const saltOf = async (file: string): Promise<Buffer> => {
  await createPrivateFile(file, randomBytes(16).toString("base64"));
  return Buffer.from((await contentOf(file)) ?? "", "base64");
};

const seal = (key: Buffer, id: string, secret: string): z.infer<typeof Sealed> => {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(id));
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return { iv: iv.toString("base64"), sealed: sealed.toString("base64"), tag: cipher.getAuthTag().toString("base64") };
};

const unseal = (key: Buffer, id: string, text: string): string => {
  const { iv, sealed, tag } = Sealed.parse(JSON.parse(text));
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64")).setAAD(Buffer.from(id)).setAuthTag(Buffer.from(tag, "base64"));
  return Buffer.concat([decipher.update(Buffer.from(sealed, "base64")), decipher.final()]).toString("utf8");
};

const contentOf = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    unlessMissing(error);
    return null;
  }
};

const unlessMissing = (error: unknown): void => {
  if (codeOf(error) !== "ENOENT") throw error;
};

/** A disk that does not answer is a vault that is away. */
const answering = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await work();
  } catch (cause) {
    if (codeOf(cause)?.startsWith("ERR_") ?? true) throw cause;
    throw new Unavailable("vault", { cause });
  }
};
