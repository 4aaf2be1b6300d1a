import { Unavailable } from "#domain/kernel/errors.ts";

/** The server knows us not, or does not let us do this. */
export class AccessDenied extends Error {
  override readonly name = "AccessDenied";
}

// https://grpc.io/docs/guides/status-codes/
const [cancelled, unknown, deadlineExceeded, notFound, permissionDenied, aborted, internal, away, unauthenticated] = [1, 2, 4, 5, 7, 10, 13, 14, 16];

/** `Unavailable` in the place of what a call fails with while the server or the network is away; bugs as they are. */
export const unavailable = (error: unknown): unknown => {
  const code = codeOf(error);
  if (code === unauthenticated || code === permissionDenied) return new AccessDenied(messageOf(error), { cause: error });
  // Not found is what a follower says that knows the leader; the client has changed over to it.
  if ([cancelled, unknown, deadlineExceeded, notFound, aborted, internal, away].includes(code)) return new Unavailable("log", { cause: error });
  if (error instanceof Error && /discover/.test(error.message)) return new Unavailable("log", { cause: error });
  return error;
};

/** To those who ask later it is as good as away: the operator has to mend it. */
export const lasting = (error: unknown): unknown => (error instanceof AccessDenied ? new Unavailable("log", { cause: error }) : unavailable(error));

const codeOf = (error: unknown): number => (error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : -1);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
