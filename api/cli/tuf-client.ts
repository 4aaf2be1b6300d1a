import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError, exitCodes } from "./exit.ts";
import type { Trusted, TrustStore } from "./trust-store.ts";
import { versionIn } from "./trust-store.ts";

export interface Wanted {
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  readonly path: string;
  /** Where the bytes go when they are verified. */
  readonly file: string;
  /** Trusted from the outset; null: the root that is remembered. */
  readonly root: Buffer | null;
  /** What to do where there is no such target. */
  readonly whereNone?: string;
}

export interface Verified {
  readonly length: number;
  readonly sha256: string;
  /** The metadata that said so, from the root on. */
  readonly roles: readonly Trusted[];
}

/** Fetches and verifies one target as any TUF client would (TUF 1.0.34 §5); it knows nothing of Waybill but two URLs. */
export const fetchVerified = (store: TrustStore, wanted: Wanted): Promise<Verified> =>
  store.use(async (folder) => {
    // Loaded here, since the other commands start faster without it.
    const { Updater } = await import("tuf-js");
    if (wanted.root) await writeFile(join(folder, "root.json"), wanted.root);
    return verifying(store, async () => {
      const updater = new Updater({
        metadataDir: folder,
        metadataBaseUrl: wanted.metadataUrl,
        targetBaseUrl: wanted.targetsUrl,
        // The timeout is of a whole file, and files may be large; a silent server is given up by fetch itself.
        config: { fetchTimeout: 0, userAgent: "waybill" },
      });
      const target = await updater.getTargetInfo(wanted.path);
      // The client looks paths up in a plain object, which knows "constructor", too.
      if (target?.path !== wanted.path) throw noTarget(wanted);
      await updater.downloadTarget(target, wanted.file);
      return { length: target.length, sha256: target.hashes["sha256"] ?? "", roles: await rolesIn(folder) };
    });
  });

const noTarget = ({ path, whereNone }: Wanted): CliError =>
  new CliError(exitCodes.refused, `the repository has no target ${JSON.stringify(path)} (TARGET_NOT_FOUND)`, {
    hint: whereNone ?? "was it published? see: waybill show NAME PATH",
  });

const rolesIn = async (folder: string): Promise<Trusted[]> => {
  const first = ["root", "timestamp", "snapshot", "targets"];
  const others = (await readdir(folder))
    .map((name) => decodeURIComponent(name.replace(/\.json$/, "")))
    .filter((role) => !first.includes(role));
  const found = await Promise.all([...first, ...others].map((role) => versionIn(folder, role)));
  return found.filter((trusted) => trusted !== null);
};

const verifying = async <Answer>({ folder }: TrustStore, work: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof CliError || !(cause instanceof Error)) throw cause;
    if ("syscall" in cause) throw new CliError(exitCodes.failed, `cannot write: ${cause.message}`, { cause });
    if ("statusCode" in cause && cause.statusCode === 404)
      throw new CliError(exitCodes.refused, "the metadata is valid, but the server has not got the file itself", {
        hint: "targets of an imported index are known by their hashes only; their bytes are elsewhere",
        cause,
      });
    if (/fetch failed|Failed to download|terminated|[Tt]imeout/.test(cause.message))
      throw new CliError(exitCodes.unavailable, `the repository cannot be read: ${cause.message}`, {
        hint: "is the server running? try again",
        cause,
      });
    throw new CliError(exitCodes.unverified, `NOT VERIFIED, nothing was written: ${cause.message}`, {
      hint: hintOf(cause.message, folder),
      cause,
    });
  }
};

// Texts are all that the client library tells; whatever is not known here is told as it is.
const hintOf = (message: string, folder: string): string => {
  const forget = `if this repository was really made anew, forget the old trust: rm -r '${folder}'`;
  if (/less than current|older/.test(message)) return `the server offers older metadata than this machine has seen: a rollback; ${forget}`;
  if (/expired/i.test(message))
    return "the metadata is too old to be trusted: a freeze, or the repository is not renewed any more (or this machine's clock is wrong)";
  if (/sign|threshold|verif/i.test(message)) return `the metadata is not signed by the keys that this machine trusts; ${forget}`;
  return "the server, or something between, sent other bytes than were signed";
};
