import { closeSync, openSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { unavailable } from "./errors.ts";
import { CannotStart } from "#infra/cannot-start.ts";

const schemaVersion = 1;

/**
 * The file, ready for use: made where it is missing, refused where a later Waybill wrote it. WAL with synchronous=FULL
 * flushes the log of each transaction to the disk before its commit returns. Reads nothing but the schema, however long the log is.
 */
export const openLogFile = (file: string): DatabaseSync => {
  try {
    createPrivately(file);
    const db = new DatabaseSync(file, { timeout: 5000 });
    db.exec("pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000; pragma cache_size = -32000");
    if (version(db) < schemaVersion) makeTables(db);
    if (version(db) > schemaVersion) {
      db.close();
      throw new CannotStart(`${file} was written by a later version of Waybill: start that one`);
    }
    // From here on a lock that another process holds is waited for without blocking this one.
    db.exec("pragma busy_timeout = 0");
    return db;
  } catch (error) {
    throw unavailable(error);
  }
};

/** SQLite takes what the umask leaves, and gives its two files beside this one the same mode. What is wrong with the path, it says itself. */
const createPrivately = (file: string) => {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch {
    return;
  }
};

const version = (db: DatabaseSync): number => Number(db.prepare("pragma user_version").get()?.["user_version"]);

const makeTables = (db: DatabaseSync) => {
  db.exec("begin immediate");
  if (version(db) < schemaVersion) db.exec(`${readFileSync(new URL("log.sql", import.meta.url), "utf8")}; pragma user_version = ${schemaVersion}`);
  db.exec("commit");
};
