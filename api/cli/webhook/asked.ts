import { CliError, exitCodes } from "#api/cli/exit.ts";
import { showWebhook, type Webhook } from "#api/cli/operations/webhooks.ts";
import type { Session } from "#api/cli/session.ts";

/** What a subcommand is called with. */
export interface Asked {
  /** A URL for `create`, else a webhook's id. */
  readonly subject: string;
  readonly values: {
    readonly filter?: string;
    readonly "secret-file"?: string;
    readonly ed25519?: boolean;
    readonly overlap?: number;
    readonly "new-url"?: string;
    readonly description?: string;
    readonly "dead-letter-after"?: number;
    readonly after?: number;
    readonly since?: string;
    readonly rate?: number;
    readonly yes?: boolean;
    readonly position?: number;
    readonly outcome?: string;
    readonly limit?: number;
    readonly reason?: string;
  };
}

export const webhookOf = async ({ client }: Session, id: string): Promise<Webhook> => {
  const { webhook } = await client.request(showWebhook, { id });
  if (webhook) return webhook;
  throw new CliError(exitCodes.refused, `there is no webhook ${id}`, { hint: "see: waybill webhook list" });
};
