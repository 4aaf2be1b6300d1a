import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Options, type Services, services } from "#infra/services/services.ts";

/** Services in a folder of their own, which ends with the scope. */
export const privately = async (options: Omit<Options, "data">): Promise<Services & { readonly data: string } & AsyncDisposable> => {
  const data = mkdtempSync(join(tmpdir(), "waybill services-"));
  const all = await services({ ...options, data });
  const dispose = async () => {
    await all.down();
    rmSync(data, { recursive: true, force: true });
  };
  return { ...all, data, [Symbol.asyncDispose]: dispose };
};

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run services -- …`; resolves when nobody holds its output open any more. */
export const command = (options: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Said> =>
  new Promise((resolve) => {
    execFile(process.execPath, ["infra/services/main.ts", ...options], { env: { ...process.env, ...environment } }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });
