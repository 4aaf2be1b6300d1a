import { patiently } from "#api/cli/patience.ts";
import type { Session } from "#api/cli/session.ts";

/** What anybody may fetch, whole: null where there is none. */
export const bytesAt = async (session: Session, path: string): Promise<Buffer | null> => {
  const response = await patiently(session, () => session.client.file(path));
  return response && Buffer.from(await response.arrayBuffer());
};
