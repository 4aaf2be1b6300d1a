import type { LogLeaf } from "#api/cli/audit/log-leaves.ts";

/** Whether positions grow, and each stream's revisions are 0, 1, 2 …; what is wrong with an event, or null. */
export const revisions = () => {
  const streams = new Map<string, number>();
  let last = 0;
  const see = ({ position, stream, revision }: Pick<LogLeaf, "position" | "stream" | "revision">): string | null => {
    const expected = (streams.get(stream) ?? -1) + 1;
    streams.set(stream, revision);
    const before = last;
    last = position;
    if (position <= before) return `comes behind position ${before}`;
    if (revision === expected) return null;
    return revision < expected ? `has revision ${revision} of stream ${stream}, which had ${expected - 1} before` : `has revision ${revision} of stream ${stream}, and ${expected} is missing`;
  };
  return { see };
};
