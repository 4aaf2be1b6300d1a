import { CannotStart } from "#infra/cannot-start.ts";
import { AccessDenied } from "./errors.ts";

/**
 * What the first question to the server failed with: `CannotStart` where it does not let us in, or is not whom it says it is. Later
 * the same is `Unavailable`: a process that runs goes on when its operator has mended it.
 */
export const atStart = (error: unknown, url: string): unknown => {
  const reasons = chain(error);
  // The alert is the server's: it wants a certificate of ours, or does not like the one that it got.
  const denied = reasons.find((reason) => reason instanceof AccessDenied || /alert/.test(reason.message));
  if (denied) return new CannotStart(`the EventStoreDB of EVENTSTORE_URL, ${placeOf(url)}, does not let this user in: ${denied.message}`, { cause: error });
  const distrusted = reasons.find(({ message }) => /certificate|altnames|self.signed/i.test(message));
  if (distrusted) return new CannotStart(`the EventStoreDB of EVENTSTORE_URL, ${placeOf(url)}, is not to be believed: ${distrusted.message}`, { cause: error });
  return error;
};

const chain = (error: unknown): Error[] => (error instanceof Error ? [error, ...chain(error.cause)] : []);

/** Without the password. */
const placeOf = (url: string): string =>
  url
    .replace(/^[^/]*\/\//, "")
    .replace(/^.*@/, "")
    .replace(/[/?].*$/, "");
