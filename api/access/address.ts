import type { IncomingMessage } from "node:http";

/** Of the other end of the connection; IPv4 in its own spelling, however it came. */
export const addressOf = ({ socket }: IncomingMessage): string => (socket.remoteAddress ?? "unknown").replace(/^::ffff:/, "");
