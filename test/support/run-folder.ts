import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mine = "WAYBILL_TEST_FOLDER";

/** The folder that a run of the tests has for temporary files; null in the processes that it starts, which find it as their `TMPDIR`. */
const begun = (): string | null => {
  if (process.env[mine] !== undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), "waybill-test-"));
  // PostgreSQL's user and the newcomer's enter it too.
  chmodSync(folder, 0o755);
  Object.assign(process.env, { [mine]: folder, TMPDIR: folder });
  return folder;
};

const folder = begun();

/** Whatever tests and killed processes have left goes with the run. */
export const mochaGlobalTeardown = (): void => {
  if (folder !== null) rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
};
