import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Updater } from "tuf-js";
import { insistently } from "./settle.ts";

/** A standard client (tuf-js) of one repository, that keeps what it trusts. It asks whichever process it is told. */
export interface Client extends AsyncDisposable {
  /** Rejects where the metadata is not there, or not to be trusted. */
  refresh(url: string): Promise<void>;
  /** Those of the paths that the metadata does not list. */
  missing(url: string, paths: readonly string[]): Promise<readonly string[]>;
}

/** It knows the first root and nothing else. */
export const newClient = async (url: string, repository: string): Promise<Client> => {
  const folder = await mkdtemp(join(tmpdir(), "waybill-client-"));
  await mkdir(join(folder, "targets"));
  await writeFile(join(folder, "root.json"), await insistently(() => firstRoot(url, repository)));
  const updaterAt = (url: string) =>
    new Updater({
      metadataDir: folder,
      metadataBaseUrl: `${url}/tuf/${repository}/metadata`,
      targetDir: join(folder, "targets"),
      targetBaseUrl: `${url}/tuf/${repository}/targets`,
      config: { fetchRetries: 0, fetchRetry: false, fetchTimeout: 3000 },
    });
  return {
    refresh: (url) => updaterAt(url).refresh(),
    missing: async (url, paths) => {
      const updater = updaterAt(url);
      await updater.refresh();
      const missing: string[] = [];
      for (const path of paths) if (!(await updater.getTargetInfo(path))) missing.push(path);
      return missing;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
};

const firstRoot = async (url: string, repository: string): Promise<string> => {
  const root = await fetch(`${url}/tuf/${repository}/metadata/1.root.json`);
  if (root.status !== 200) throw new Error(`1.root.json of ${repository}: ${root.status}`);
  return root.text();
};

/** Nobody answered; anything else is metadata that a client must not trust. */
export const isNoAnswer = (error: unknown): boolean => /fetch failed|Failed to download|terminated|abort|timeout/i.test(String(error));
