import { existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { Entry } from "./history.ts";

/** Where one process writes down what it does. A line that was written stays when the process is killed. */
export interface Journal {
  readonly write: (entry: Entry) => void;
}

export const openJournal = (file: string): Journal => {
  const lines = openSync(file, "a");
  return { write: (entry) => void writeSync(lines, `${JSON.stringify(entry)}\n`) };
};

/** A last line that is not whole belongs to a killed process; what it was about to do it has not done. */
export const readJournal = (file: string): readonly Entry[] => {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter(Boolean).map((line) => Entry.parse(JSON.parse(line)));
};

/** Killed and started again, a reader goes on behind the last event that it has written down. */
export const lastSeen = (file: string): number => readJournal(file).reduce((last, entry) => (entry.type === "saw" ? entry.position : last), 0);
