import type { SecretCard } from "#domain/deliveries/events.ts";
import { refuse, type Refusal } from "#domain/kernel/decider.ts";
import type { Secrets } from "#commands/ports/secrets.ts";
import { newSecretText, signingSecret } from "./signing-secret.ts";

interface Wanted {
  readonly id: string;
  /** The one to take; one is made where it is null. */
  readonly secret: string | null;
  readonly algorithm: SecretCard["algorithm"];
}

/**
 * A secret in the vault, and its card; `shown` where nobody knows it yet. It is kept before the log knows of it: a card in the log
 * always has its secret, while one that nobody ever heard of does no harm.
 */
export const keptSecret = async (
  secrets: Secrets,
  { id, secret, algorithm }: Wanted,
): Promise<{ readonly card: SecretCard; readonly shown: string | null } | Refusal<"SECRET_MALFORMED">> => {
  const offered = signingSecret(secret ?? newSecretText(algorithm));
  if (!offered) return refuse("SECRET_MALFORMED", "A secret is whsec_ and 24 to 64 bytes in base64, or whsk_ and an Ed25519 key");
  await secrets.keep(id, offered.text);
  // The same command, sent again, finds its first secret.
  const kept = signingSecret((await secrets.read(id)) ?? offered.text) ?? offered;
  const card = kept.card(id);
  // Of a key pair the receiver needs the public half alone.
  return { card, shown: secret === null && card.publicKey === null ? kept.text : null };
};
