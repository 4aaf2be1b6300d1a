import type { ServerResponse } from "node:http";

/** Writes, and waits for a reader that is slower than we are; resolves, too, when it is gone. */
export const written = (response: ServerResponse, text: string): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed || response.write(text)) return resolve();
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.once("drain", done).once("close", done);
  });
