import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Updater } from "tuf-js";

/** A TUF client (tuf-js) with a folder of trusted metadata of its own. */
export interface TufClient {
  /** Brings its metadata up to date, looks the target up, downloads and verifies it; null where the metadata lists none. */
  fetch(path: string): Promise<string | null>;
  refresh(): Promise<void>;
  /** Another client that knows what this one knows now. */
  copy(): Promise<TufClient>;
}

/** A folder for clients; they go with it. */
export const tufClients = async (repositoryUrl: () => string) => {
  const base = await mkdtemp(join(tmpdir(), "waybill-clients-"));
  let count = 0;

  const clientIn = (folder: string): TufClient => {
    const open = () =>
      new Updater({
        metadataDir: folder,
        metadataBaseUrl: `${repositoryUrl()}/metadata`,
        targetDir: join(folder, "targets"),
        targetBaseUrl: `${repositoryUrl()}/targets`,
        config: { fetchRetries: 0, fetchRetry: false },
      });
    return {
      refresh: () => open().refresh(),
      fetch: async (path) => {
        const updater = open();
        await updater.refresh();
        const info = await updater.getTargetInfo(path);
        if (!info) return null;
        const file = join(folder, "targets", `${++count}`);
        await updater.downloadTarget(info, file);
        return readFile(file, "utf8");
      },
      copy: async () => {
        const other = join(base, `${++count}`);
        await cp(folder, other, { recursive: true });
        return clientIn(other);
      },
    };
  };

  /** A client that knows the first root and nothing else. */
  const cold = async (): Promise<TufClient> => {
    const folder = join(base, `${++count}`);
    await mkdir(join(folder, "targets"), { recursive: true });
    const root = await fetch(`${repositoryUrl()}/metadata/1.root.json`);
    await writeFile(join(folder, "root.json"), await root.text());
    return clientIn(folder);
  };

  return { cold, [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }) };
};
