import { hash, randomBytes } from "node:crypto";
import { isRefusal } from "#domain/kernel/decider.ts";
import { tokenStream } from "#domain/access/events.ts";
import type { Commands } from "#commands/commands.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import type { Tokens } from "./tokens.ts";

/** What is kept of a secret: 256 random bits need no slow hash. */
export const secretSha256 = (secret: string): string => hash("sha256", secret);

export const newSecret = (): string => `wb_${randomBytes(32).toString("base64url")}`;

/** Issues a bearer token. Its secret is in this answer and nowhere else: the same command sent again answers without it. */
export const issueToken =
  (tokens: Tokens, secretOf: () => string = newSecret): Commands["issueToken"] =>
  async ({ name, scope, expires }, cause) => {
    const token = commandIdOf("token", cause.commandId);
    const secret = secretOf();
    const command = { type: "IssueToken", token, name, scope, expires, secretSha256: secretSha256(secret) } as const;
    const receipt = await tokens.handle(tokenStream(token), command, cause);
    if (isRefusal(receipt)) throw new Error(`token ${token} could not be issued: ${receipt.message}`);
    return { receipt, task: null, token, secret: receipt.replayed ? null : secret };
  };
