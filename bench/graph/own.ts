import { linkTypes } from "#domain/graph/kinds.ts";
import type { PagedWalks, Way } from "#projections/graph/walks.ts";
import { type Answer, type Contestant, pageSize, type Question } from "./question.ts";

export const walkedTypes = ["depends-on", "contains"] as const satisfies readonly (typeof linkTypes)[number][];

/** An implementation of Waybill's own port. */
export const ownWalks = (name: string, walks: PagedWalks): Contestant => ({
  name,
  ask: async (questions) => {
    const answers: Answer[] = [];
    for (const question of questions) answers.push(await answer(walks, question));
    // Nobody asked who else was reached, and it is not timed: so that all of it can be compared.
    const sums: number[] = [];
    for (const question of questions) sums.push(question.kind === "closure" ? await sumOf(walks, question) : 0);
    return answers.map((one, place) => Object.assign(one, { sum: sums[place] ?? 0 }));
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

const far = { types: walkedTypes, atLeast: 0, depth: null, limit: 10_000_000 } satisfies Partial<Way>;

const answer = async (walks: PagedWalks, question: Question): Promise<Answer> => {
  const { start, asOf } = question;
  const began = performance.now();
  if (question.kind === "path") {
    const { numbers } = await walks.path({ ...far, direction: "out", start, end: question.end, asOf });
    return { ms: performance.now() - began, count: numbers ? numbers.length - 1 : -1, sum: 0, page: [] };
  }
  const { rows, whole } = await walks.page({ ...far, direction: question.direction, start, asOf }, { after: null, before: null, limit: pageSize, backward: false });
  const { count } = await whole;
  return { ms: performance.now() - began, count, sum: 0, page: rows.map(({ number }) => number) };
};

const sumOf = async (walks: PagedWalks, { start, direction, asOf }: Extract<Question, { kind: "closure" }>): Promise<number> => {
  const { numbers } = await walks.closure({ ...far, direction, start, asOf });
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
};
