import { mkdir, mkdtemp, copyFile, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const Metadata = z.object({ signed: z.object({ version: z.number(), expires: z.string() }) });

/** What a TUF client must remember between two runs, from which it sees rollbacks; the order is that of writing. */
const remembered = ["root", "timestamp", "snapshot", "targets"] as const;

/** One version of a role, as this client trusts it. */
export interface Trusted {
  readonly role: string;
  readonly version: number;
  readonly expires: string;
}

/**
 * Whom `download` trusts, a folder for each repository of each server. A run works on a copy and gives it back when
 * everything was verified, file by file and each in one step: a run that is killed leaves what was there.
 */
export class TrustStore {
  readonly folder: string;

  constructor(root: string, url: URL, repository: string) {
    this.folder = join(root, encodeURIComponent(`${url.host}${url.pathname}`.replace(/\/$/, "")), repository);
  }

  /** Null before the first use. */
  async root(): Promise<Buffer | null> {
    return read(join(this.folder, "root.json"));
  }

  /** Works in a copy of what is remembered; keeps what `work` leaves in it, unless it throws. */
  async use<Answer>(work: (folder: string) => Promise<Answer>): Promise<Answer> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const copy = await mkdtemp(join(this.folder, ".run-"));
    try {
      for (const role of remembered) await copyFile(join(this.folder, `${role}.json`), join(copy, `${role}.json`)).catch(ignoreMissing);
      const answer = await work(copy);
      for (const role of remembered) await this.#keep(role, copy);
      return answer;
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }

  // Another run may have been further already; what it saw must not be forgotten.
  async #keep(role: string, copy: string): Promise<void> {
    const mine = await versionIn(copy, role);
    const kept = await versionIn(this.folder, role);
    if (mine && (!kept || kept.version <= mine.version)) await rename(join(copy, `${role}.json`), join(this.folder, `${role}.json`));
  }
}

export const versionIn = async (folder: string, role: string): Promise<Trusted | null> => {
  const bytes = await read(join(folder, `${encodeURIComponent(role)}.json`));
  if (!bytes) return null;
  try {
    const { signed } = Metadata.parse(JSON.parse(bytes.toString()));
    return { role, version: signed.version, expires: signed.expires };
  } catch {
    return null;
  }
};

const read = async (file: string): Promise<Buffer | null> =>
  readFile(file).catch((error: unknown) => {
    ignoreMissing(error);
    return null;
  });

const ignoreMissing = (error: unknown): void => {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
};
