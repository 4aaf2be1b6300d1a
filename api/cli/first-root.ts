import { CliError, exitCodes } from "./exit.ts";
import { count } from "./format.ts";
import type { Session } from "./session.ts";

const largestRoot = 512_000;

/** Trust on first use: version 1, from which the client walks to the present one. */
export const firstRoot = async ({ client }: Session, repository: string): Promise<Buffer> => {
  const response = await client.file(`tuf/${encodeURIComponent(repository)}/metadata/1.root.json`);
  if (!response)
    throw new CliError(
      exitCodes.refused,
      `there is no repository ${JSON.stringify(repository)} at ${client.url.origin} (REPOSITORY_NOT_FOUND)`,
      { hint: "see which there are: waybill list" },
    );
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > largestRoot)
      throw new CliError(
        exitCodes.unverified,
        `NOT VERIFIED, nothing was written: the first root has more than ${count(largestRoot)} bytes`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
