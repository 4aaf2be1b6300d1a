import { type Request, type RequestHandler, Router } from "express";
import { refuse } from "#domain/kernel/decider.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import type { EntranceNeeds } from "#api/access/entrance.ts";
import type { Application } from "#api/application.ts";
import { sendProblem } from "#api/problem.ts";
import { requireScope } from "#api/rest/guard.ts";
import { refused } from "#api/rest/problems.ts";
import { written } from "#api/rest/written.ts";
import type { ReplayAsked, ReplayTold } from "#projections/kernel/replay/replay.ts";

export interface ReplayNeeds extends EntranceNeeds, Pick<Application, "replay" | "readModels" | "log" | "closing"> {}

/** How often the reader hears how far it is. */
const tellMs = 250;

/**
 * `GET /audit/replay?name=…&at=…&against=…&rows=…`: rebuilds read models beside the live ones and tells how they compare, as NDJSON:
 * `{"progress":…}` now and then, `{"replayed":…}` for each read model, `{"end":true}`: without that line it broke off. It changes nothing
 * that stays, and ends with its connection. One at a time in a process, since it takes much of it.
 */
export const replays = (needs: ReplayNeeds): Router => {
  const router = Router({ caseSensitive: true });
  let running = false;
  router.get("/audit/replay", requireScope(needs, "admin"), async (request, response) => {
    const asked = askedOf(request, needs.readModels);
    const head = await needs.log.head();
    if (asked.at !== null && asked.at > head)
      return sendProblem(response, refused(refuse("POSITION_AHEAD", `The log ends at position ${head}`, { head })));
    if (running) return sendProblem(response, refused(refuse("REPLAY_RUNNING", "A replay is under way in this process: try again when it is over")));
    running = true;
    try {
      await streamed(needs, asked, response);
    } finally {
      running = false;
    }
  });
  return router;
};

const streamed = async ({ replay, closing }: ReplayNeeds, asked: ReplayAsked, response: Parameters<RequestHandler>[1]): Promise<void> => {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.set({ "Content-Type": "application/x-ndjson; charset=utf-8", "Cache-Control": "no-store" }).status(200).flushHeaders();
  let told = 0;
  const tell = async (line: ReplayTold) => {
    if ("progress" in line && performance.now() - told < tellMs) return;
    told = performance.now();
    await written(response, `${JSON.stringify(line)}\n`);
  };
  try {
    await replay(asked, tell, AbortSignal.any([gone.signal, closing]));
  } catch (error) {
    // Nobody listens any more, or this process ends: the answer is cut.
    if (!gone.signal.aborted && !closing.aborted) throw error;
    response.destroy();
    return;
  }
  response.end('{"end":true}\n');
};

const askedOf = ({ query }: Request, readModels: readonly string[]): ReplayAsked => {
  const names = list(query["name"]);
  const unknown = names.find((name) => !readModels.includes(name));
  if (unknown !== undefined) throw invalid("name", `there is no read model ${JSON.stringify(unknown.slice(0, 100))}; there are ${readModels.join(", ")}`);
  const against = query["against"];
  return {
    names: names.length > 0 ? names : readModels,
    at: whole(query["at"], "at"),
    against: against === "live" ? "live" : whole(against, "against"),
    rows: Math.min(whole(query["rows"], "rows") ?? 20, 1000),
  };
};

const list = (given: unknown): readonly string[] => (typeof given === "string" ? given.split(",").filter(Boolean) : []);

const whole = (given: unknown, name: string): number | null => {
  if (given === undefined) return null;
  const number = typeof given === "string" && /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw invalid(name, "must be a whole number");
};

const invalid = (name: string, message: string): InvalidInput => new InvalidInput([{ path: [name], message }]);
