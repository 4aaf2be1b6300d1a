import { z } from "zod";
import { CliError, exitCodes } from "./exit.ts";

const Issues = z.array(z.object({ path: z.array(z.union([z.string(), z.number()])).catch([]), message: z.string() })).catch([]);

const GraphqlErrors = z.object({
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z
          .looseObject({ code: z.string().catch("DEFECT"), issues: Issues, retryAfter: z.number().optional().catch(undefined) })
          .optional(),
      }),
    )
    .min(1),
});

const Problem = z.object({
  code: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  issues: Issues,
});

/** What the server said no with. */
export class ServerError extends CliError {
  /** docs/errors.md */
  readonly code: string;
  readonly retryAfterSeconds: number;

  constructor(code: string, message: string, options: { issues?: CliError["issues"]; retryAfter?: number | undefined } = {}) {
    super(exitOf(code), `${message} (${code})`, { hint: hints.get(code), issues: options.issues ?? [] });
    this.code = code;
    this.retryAfterSeconds = options.retryAfter ?? 1;
  }
}

/** The error in an answer of GraphQL; null where it holds none. */
export const graphqlError = (answer: unknown): ServerError | null => {
  const [first] = GraphqlErrors.safeParse(answer).data?.errors ?? [];
  if (!first) return null;
  const { code = "DEFECT", issues = [], retryAfter } = first.extensions ?? {};
  return new ServerError(code, ownWords.get(code) ?? first.message, { issues, retryAfter });
};

/** The error of an answer that is no success: problem+json, or whatever a proxy between says. */
export const httpError = (status: number, retryAfter: string | null, answer: unknown): ServerError => {
  const problem = Problem.safeParse(answer).data;
  const code = problem?.code ?? codeOfStatus(status);
  const message = ownWords.get(code) ?? problem?.detail ?? problem?.title ?? `the server answered with HTTP status ${status}`;
  const seconds = Number(retryAfter ?? Number.NaN);
  return new ServerError(code, message, { issues: problem?.issues ?? [], retryAfter: Number.isFinite(seconds) ? seconds : undefined });
};

const codeOfStatus = (status: number): string => {
  if (status === 401) return "UNAUTHENTICATED";
  if (status === 403) return "FORBIDDEN";
  if (status === 409) return "CONFLICT";
  if (status === 429) return "RATE_LIMITED";
  if ([502, 503, 504].includes(status)) return "UNAVAILABLE";
  return status >= 500 ? "DEFECT" : "BAD_REQUEST";
};

const exits = new Map<string, number>([
  ["UNAUTHENTICATED", exitCodes.unauthorized],
  ["FORBIDDEN", exitCodes.unauthorized],
  ["UNAVAILABLE", exitCodes.unavailable],
  ["RATE_LIMITED", exitCodes.unavailable],
  ["DEFECT", exitCodes.failed],
  ["INTERNAL_SERVER_ERROR", exitCodes.failed],
  ["INVALID_INPUT", exitCodes.usage],
  ["BAD_USER_INPUT", exitCodes.usage],
  ["BAD_REQUEST", exitCodes.usage],
  ["GRAPHQL_PARSE_FAILED", exitCodes.usage],
  ["GRAPHQL_VALIDATION_FAILED", exitCodes.usage],
]);

const exitOf = (code: string): number => exits.get(code) ?? (code.endsWith("_TOO_LARGE") ? exitCodes.usage : exitCodes.refused);

/** Where the server speaks to those who write HTTP requests themselves. */
const ownWords = new Map([["UNAUTHENTICATED", "the server does not know this token: it is mistyped, expired or revoked, or there is none"]]);

const hints = new Map([
  ["UNAUTHENTICATED", "give a valid token: --token-file FILE or WAYBILL_TOKEN; on the server's machine it is $WAYBILL_DATA/admin-token"],
  ["FORBIDDEN", "this token's scope does not suffice; an administrator makes another: waybill token create NAME --scope write (or admin)"],
  ["URL_FORBIDDEN", "an address of your own network is allowed where the server was started with it in WAYBILL_WEBHOOK_ALLOW, such as 10.1.0.0/16"],
  ["REPOSITORY_NOT_FOUND", "see which there are: waybill list; or make it: waybill init NAME"],
  ["REPOSITORY_EXISTS", "look at it: waybill show NAME"],
  ["TARGET_NOT_FOUND", "see which there are: waybill show NAME --targets"],
  ["TASK_NOT_FOUND", "the id is printed by add, remove, publish and import"],
  ["TOKEN_NOT_FOUND", "see which there are: waybill token list"],
  ["PROJECTION_NOT_FOUND", "see which there are: waybill status"],
  ["GRAPHQL_VALIDATION_FAILED", "the server is of another version than this program: waybill status, waybill version"],
  ["DEFECT", "this is Waybill's fault; the server's log says more"],
]);
