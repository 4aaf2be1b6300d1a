import { z } from "zod";
import type { Wish } from "./wishes.ts";

const Receipt = z.object({ position: z.int(), stream: z.string(), revision: z.int(), eventIds: z.array(z.string()), replayed: z.boolean() });
export type Receipt = z.infer<typeof Receipt>;

const Body = z.object({
  data: z.record(z.string(), z.object({ receipt: Receipt })).nullish(),
  errors: z.array(z.looseObject({ message: z.string(), extensions: z.looseObject({ code: z.string() }) })).optional(),
});

export type Answer =
  | { readonly kind: "acknowledged"; readonly receipt: Receipt }
  | { readonly kind: "refused"; readonly code: string }
  /** Send it again. */
  | { readonly kind: "failed"; readonly code: string };

/** Codes of answers that say: not now. A token that is not known yet is one of them while read models are behind. */
const passing = new Set(["UNAVAILABLE", "CONFLICT", "DEFECT", "UNAUTHENTICATED"]);

const timeoutMs = 8000;

/** Sends a command once. */
export const post = async (url: string, token: string, { mutation, input }: Pick<Wish, "mutation" | "input">): Promise<Answer> => {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) { ${mutation}(input: $input) { receipt { position stream revision eventIds replayed } } }`;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query, variables: { input } }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return answerOf(response.status, mutation, await response.text());
  } catch (error) {
    return { kind: "failed", code: error instanceof Error && error.name === "TimeoutError" ? "TIMEOUT" : "NO ANSWER" };
  }
};

const answerOf = (status: number, mutation: string, text: string): Answer => {
  const body = Body.safeParse(text.startsWith("{") ? JSON.parse(text) : {});
  const receipt = body.data?.data?.[mutation]?.receipt;
  if (receipt) return { kind: "acknowledged", receipt };
  const code = body.data?.errors?.[0]?.extensions.code ?? `HTTP ${status}`;
  return { kind: status === 200 && !passing.has(code) ? "refused" : "failed", code };
};
