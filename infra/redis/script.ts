import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ErrorReply } from "redis";
import type { RedisClient } from "./client.ts";

/** A Lua script that the server carries out as one step. */
export type Script = (client: RedisClient, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;

/** The script in a `.lua` file beside a module: `scriptBeside(import.meta.url, "read.lua")`. Sent once to a server, then known by its hash. */
export const scriptBeside = (module: string, file: string): Script => {
  const text = readFileSync(new URL(file, module), "utf8");
  const sha1 = hash("sha1", text);
  return async (client, keys, args) => {
    const given = { keys: [...keys], arguments: args.map(String) };
    try {
      return await client.evalSha(sha1, given);
    } catch (error) {
      if (!(error instanceof ErrorReply) || !error.message.startsWith("NOSCRIPT")) throw error;
      return client.eval(text, given);
    }
  };
};
