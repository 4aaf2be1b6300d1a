import { command } from "./command.ts";
import { exitCodes, usageError } from "./exit.ts";
import { date, printable, time } from "./format.ts";
import { asked, reasonOption } from "./mutation.ts";
import { issueToken, listTokens, revokeToken } from "./operations/access.ts";
import { allNodes } from "./pages.ts";
import type { Session } from "./session.ts";
import { table } from "./table.ts";

export const token = command(
  {
    name: "token",
    summary: "make, list and revoke tokens (for administrators)",
    operands: ["create|list|revoke", "[NAME|ID]"],
    details: [
      "A token's scope: `read` queries; `write` changes things too; `admin` makes repositories, tokens and rebuilds too. The secret is shown once: the server keeps its hash only.",
    ],
    options: {
      scope: { kind: "text", value: "SCOPE", choices: ["read", "write", "admin"], help: "create: read, write or admin" },
      expires: { kind: "integer", min: 1, max: 36_600, value: "DAYS", help: "create: how long it is valid (for ever)" },
      reason: reasonOption,
    },
    examples: [
      ["token create ci --scope write --expires 90 > ci.token", "the secret alone goes to standard output"],
      ["token revoke 01939c1e-8f2a-7c55-b3a0-5d1e6f0a9b7c", "it stops working within seconds"],
    ],
  },
  async (session, { operands: [action = "", subject], values }) => {
    if (action === "list") return listAll(session);
    if (action !== "create" && action !== "revoke")
      throw usageError(`token ${JSON.stringify(action)} is unknown`, "one of: token create NAME, token list, token revoke ID");
    if (subject === undefined) throw usageError(action === "create" ? "NAME is missing" : "ID is missing");
    if (action === "revoke") return revoke(session, subject, values.reason);
    if (values.scope === undefined) throw usageError("--scope is missing", "--scope read, --scope write or --scope admin");
    return create(session, { name: subject, scope: values.scope, days: values.expires, reason: values.reason });
  },
);

interface Wanted {
  readonly name: string;
  readonly scope: string;
  readonly days: number | undefined;
  readonly reason: string | undefined;
}

const create = async ({ client, output }: Session, { name, scope, days, reason }: Wanted): Promise<number> => {
  const expires = days === undefined ? undefined : new Date(Date.now() + days * 86_400_000).toISOString();
  const { issueToken: issued } = await client.request(issueToken, {
    input: { name, scope: scope.toUpperCase(), expires, ...asked(reason) },
  });
  const { tokenId, secret } = issued;
  if (!output.json)
    output.note(
      `token ${tokenId} for ${printable(name)}, scope ${scope}, ${expires === undefined ? "valid for ever" : `until ${time(expires)}`}; this is shown once:`,
    );
  await output.result({ id: tokenId, name, scope, expires: expires ?? null, secret }, () => secret);
  return exitCodes.ok;
};

const revoke = async ({ client, output }: Session, id: string, reason: string | undefined): Promise<number> => {
  const { receipt } = (await client.request(revokeToken, { input: { id, ...asked(reason) } })).revokeToken;
  await output.result({ id, position: receipt.position }, () =>
    receipt.eventIds.length === 0 ? `token ${id} was revoked already` : `${output.green("revoked")} token ${id}`,
  );
  return exitCodes.ok;
};

const listAll = async ({ client, output }: Session): Promise<number> => {
  const found = await allNodes(async (after) => (await client.request(listTokens, { after })).tokens);
  await output.result(found, () =>
    table(
      [{ title: "TOKEN" }, { title: "NAME" }, { title: "SCOPE" }, { title: "STATE" }],
      found.map(({ tokenId, name, scope, expires, revokedAt }) => [
        tokenId,
        printable(name),
        scope.toLowerCase(),
        stateOf(expires, revokedAt),
      ]),
    ),
  );
  return exitCodes.ok;
};

const stateOf = (expires: string | null, revokedAt: string | null): string => {
  if (revokedAt !== null) return `revoked ${date(revokedAt)}`;
  if (expires === null) return "valid";
  return Date.parse(expires) > Date.now() ? `valid until ${date(expires)}` : `expired ${date(expires)}`;
};
