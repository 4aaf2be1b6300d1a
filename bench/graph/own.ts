import { linkTypes } from "#domain/graph/kinds.ts";
import type { Walks, Way } from "#projections/graph/walks.ts";
import { type Answer, type Contestant, pageSize, type Question } from "./question.ts";

export const walkedTypes = ["depends-on", "contains"] as const satisfies readonly (typeof linkTypes)[number][];

/** An implementation of Waybill's own port. */
export const ownWalks = (name: string, walks: Walks): Contestant => ({
  name,
  ask: async (questions) => {
    const answers: Answer[] = [];
    for (const question of questions) answers.push(await answer(walks, question));
    return answers;
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

const far = { types: walkedTypes, atLeast: 0, depth: null, limit: 10_000_000 } satisfies Partial<Way>;

const answer = async (walks: Walks, question: Question): Promise<Answer> => {
  const { start, asOf } = question;
  const began = performance.now();
  if (question.kind === "path") {
    const { numbers } = await walks.path({ ...far, direction: "out", start, end: question.end, asOf });
    return { ms: performance.now() - began, count: numbers ? numbers.length - 1 : -1, sum: 0, page: [] };
  }
  const { numbers } = await walks.closure({ ...far, direction: question.direction, start, asOf });
  const page = Array.from({ length: Math.min(pageSize, numbers.length) }, (_, place) => numbers[place] ?? -1);
  const ms = performance.now() - began;
  let sum = 0;
  for (let place = 0; place < numbers.length; place++) sum += numbers[place] ?? 0;
  return { ms, count: numbers.length, sum, page };
};
