import type { Finding } from "./checked.ts";

const mostFindings = 100;

/** What a check finds, of many of a kind the first. */
export const collected = (check: string) => {
  const told: Finding[] = [];
  let more = 0;
  const tell = (finding: Omit<Finding, "check">): void => void told.push({ check, ...finding });
  return {
    told,
    more: () => more,
    /** Where there may be many of its kind. */
    add: (finding: Omit<Finding, "check">): void => {
      if (told.length < mostFindings) tell(finding);
      else more += 1;
    },
    tell,
  };
};

export type Collected = ReturnType<typeof collected>;
