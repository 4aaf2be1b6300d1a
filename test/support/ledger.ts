import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { waybill as runCli, type Run } from "#test/api/cli/support/waybill.ts";
import { ask } from "./graphql.ts";
import type { TestWaybill } from "./waybill.ts";

type Server = Pick<TestWaybill, "url" | "token">;

const Verified = z.object({
  verified: z.boolean(),
  checks: z.array(
    z.object({ check: z.string(), findings: z.array(z.object({ position: z.number().nullable(), event: z.string().nullable(), message: z.string() })), facts: z.looseObject({ events: z.number().optional(), skipped: z.boolean().optional() }) }),
  ),
});

export const cli = ({ url, token }: Server, ...args: readonly string[]): Promise<Run> =>
  runCli([...args, "--quiet"], { env: { WAYBILL_URL: url, WAYBILL_TOKEN: token, XDG_DATA_HOME: join(tmpdir(), "waybill-nobody") } });

/** What `waybill audit verify` says. */
export const auditVerify = async (server: Server, ...args: readonly string[]) => {
  const { code, stdout, stderr } = await cli(server, "audit", "verify", "--json", ...args);
  const answer = Verified.safeParse(stdout === "" ? null : JSON.parse(stdout)).data;
  if (!answer) throw new Error(`audit verify: ${code} ${stdout} ${stderr}`);
  return { code, verified: answer.verified, facts: answer.checks[0]?.facts, findings: answer.checks.flatMap(({ findings }) => findings), skipped: answer.checks.flatMap(({ check, facts }) => (facts.skipped === true ? [check] : [])) };
};

const Sizes = z.object({ status: z.object({ log: z.object({ head: z.int() }) }), ledger: z.object({ size: z.number(), stale: z.boolean(), checkpoint: z.string().nullable() }) });

/** Resolves to the checkpoint that covers everything there is now. */
export const covered = async (server: Server): Promise<{ readonly size: number; readonly note: string }> => {
  for (;;) {
    const { status, ledger } = await ask(server, "{ status { log { head } } ledger { size stale checkpoint } }", {}, Sizes);
    const signed = Number(ledger.checkpoint?.split("\n")[1] ?? 0);
    const after = await ask(server, "query ($after: Position) { ledger(after: $after) { size stale checkpoint } }", { after: status.log.head }, Sizes.pick({ ledger: true }));
    if (!after.ledger.stale && after.ledger.size === signed && ledger.checkpoint !== null) return { size: signed, note: ledger.checkpoint };
    await sleep(50);
  }
};

/** Some events by commands: tokens, each a stream of its own. */
export const happen = async (server: Server, count: number): Promise<void> => {
  for (let begun = 0; begun < count; begun += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, count - begun) }, (_, index) =>
        ask(server, "mutation ($input: IssueTokenInput!) { issueToken(input: $input) { receipt { position } } }", { input: { name: `t${begun + index}`, scope: "READ" } }, z.unknown()),
      ),
    );
};
