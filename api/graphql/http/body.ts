import type { IncomingMessage } from "node:http";

/** The whole body, or why there is none. Nothing beyond the limit is kept. */
export type Body = { readonly text: string } | { readonly refused: "too large" | "broken off" };

/** Reads at most `limit` bytes; what comes after that is thrown away as it comes. */
export const readBody = (request: IncomingMessage, limit: number): Promise<Body> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const refuse = () => {
      request.off("data", take);
      request.resume();
      resolve({ refused: "too large" });
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) refuse();
      else chunks.push(chunk);
    };
    if (Number(request.headers["content-length"]) > limit) {
      refuse();
      return;
    }
    request.on("data", take);
    request.once("end", () => resolve({ text: Buffer.concat(chunks).toString() }));
    request.once("error", () => resolve({ refused: "broken off" }));
    request.once("close", () => resolve({ refused: "broken off" }));
  });
