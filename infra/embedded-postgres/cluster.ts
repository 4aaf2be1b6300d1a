import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { Ended } from "./failure.ts";
import type { Identity, Log } from "./machine.ts";
import type { Place } from "./place.ts";
import { run } from "./run.ts";

/** The user that initdb makes, and the database that every cluster has. */
export const account = { user: "waybill", database: "postgres" } as const;

export const clusterOf = (place: Place): string => join(place.home, "cluster");

const passwordFile = (place: Place) => join(place.folder, "password");

export const passwordOf = (place: Place): string | null =>
  existsSync(passwordFile(place)) ? readFileSync(passwordFile(place), "utf8").trim() || null : null;

/** Makes sure that a cluster is there that these binaries can serve. Read models are disposable: any other is set aside. */
export const prepareCluster = async (place: Place, binaries: Binaries, log: Log): Promise<void> => {
  sweep(place);
  const unfit = whyUnfit(place, binaries);
  if (unfit) setAside(place, unfit, log);
  if (!existsSync(clusterOf(place))) await initialise(place, binaries);
};

const whyUnfit = (place: Place, { version }: Binaries): string | null => {
  const cluster = clusterOf(place);
  if (!existsSync(cluster)) return null;
  const file = join(cluster, "PG_VERSION");
  const made = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  if (made !== version.split(".")[0]) return made ? `it was made by PostgreSQL ${made}` : "it has no version";
  return passwordOf(place) ? null : "its password is gone";
};

const aside = (place: Place) => join(place.home, "cluster.aside");

/** One is kept, for whoever wants to look into it. */
export const setAside = (place: Place, because: string, log: Log): void => {
  rmSync(aside(place), { recursive: true, force: true });
  renameSync(clusterOf(place), aside(place));
  move(passwordFile(place), passwordAside(place));
  log("read models are built anew from the log", { because, setAside: aside(place) });
};

/** The new one did not start either, so it was not the cluster's fault. */
export const bringBack = (place: Place): void => {
  if (!existsSync(aside(place))) return;
  rmSync(clusterOf(place), { recursive: true, force: true });
  renameSync(aside(place), clusterOf(place));
  move(passwordAside(place), passwordFile(place));
};

const passwordAside = (place: Place) => `${passwordFile(place)}.aside`;

const move = (from: string, to: string) => {
  if (existsSync(from)) renameSync(from, to);
  else rmSync(to, { force: true });
};

const draftPrefix = "cluster.new-";

/** What a start that was killed in the middle of initdb left. */
const sweep = ({ home }: Place) => {
  for (const name of readdirSync(home).filter((name) => name.startsWith(draftPrefix)))
    rmSync(join(home, name), { recursive: true, force: true, maxRetries: 3 });
};

/** A whole cluster appears by a rename or not at all. */
const initialise = async (place: Place, { native }: Binaries): Promise<void> => {
  const draft = mkdtempSync(join(place.home, draftPrefix));
  const [data, secret] = [join(draft, "data"), join(draft, "password")];
  try {
    const password = randomBytes(32).toString("base64url");
    writeFileSync(secret, password, { mode: 0o600 });
    give(draft, place.who);
    give(secret, place.who);
    const initdb = run(join(native, "bin/initdb"), ["-D", data, "--pwfile", secret, ...initdbOptions], place.who);
    if ((await initdb.ended) !== 0) throw new Ended("initdb", initdb.lines);
    // The password first: a cluster without one would be set aside, a password without one is written anew.
    writePassword(place, password);
    renameSync(data, clusterOf(place));
  } finally {
    rmSync(draft, { recursive: true, force: true, maxRetries: 3 });
  }
};

// C.UTF-8 of PostgreSQL itself sorts and folds alike on every machine, whatever locales it has.
const locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
const initdbOptions = ["-U", account.user, "-A", "scram-sha-256", "--no-instructions", ...locale];

const writePassword = (place: Place, password: string) => {
  const file = passwordFile(place);
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, password, { mode: 0o600, flush: true });
  // Root goes on in a plain user's folder without locking that user out.
  const { uid, gid } = statSync(place.folder);
  if (place.who) chownSync(`${file}.new`, uid, gid);
  renameSync(`${file}.new`, file);
};

/** Makes a file or folder the server's own, for nobody else. */
export const give = (path: string, who: Identity | null): void => {
  chmodSync(path, path.endsWith("password") ? 0o600 : 0o700);
  if (who) chownSync(path, who.uid, who.gid);
};
