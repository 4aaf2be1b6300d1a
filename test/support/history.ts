import { type ScriptedLog, scriptedLog } from "./scripted-log.ts";
import { counted, ignored } from "./tally.ts";

/** The same log in every process: 300 events, a third of which the tally does not want. */
export const history = (): ScriptedLog => {
  const log = scriptedLog();
  log.write(...Array.from({ length: 300 }, (_, index) => (index % 3 === 0 ? ignored() : counted(`key-${index % 7}`, index))));
  return log;
};
