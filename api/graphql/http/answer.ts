import type { ExecutionResult } from "graphql";

/** A single result as it goes out over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * 400 where nothing was carried out, 503 where nothing could be, else 200: GraphQL tells the rest. The same for every way
 * through, so that clients see no difference.
 */
export const answerOf = (result: ExecutionResult, mediaType: string): Answer => {
  const wait = retryAfter(result);
  return {
    status: wait === null ? statusOf(result) : 503,
    headers: { "content-type": `${mediaType}; charset=utf-8`, ...(wait === null ? {} : { "retry-after": String(wait) }) },
    body: JSON.stringify({ errors: result.errors, data: result.data, extensions: result.extensions }),
  };
};

const statusOf = ({ data, errors }: ExecutionResult): number => (data === undefined && errors ? 400 : 200);

/** Seconds to wait where `UNAVAILABLE` is the whole answer. */
const retryAfter = ({ data, errors }: ExecutionResult): number | null => {
  if (!errors || (data && Object.values(data).some((value) => value !== null))) return null;
  const waits = errors.map(({ extensions }) => (extensions["code"] === "UNAVAILABLE" ? extensions["retryAfter"] : null));
  return waits.every((wait) => typeof wait === "number") ? Math.max(1, ...waits) : null;
};
