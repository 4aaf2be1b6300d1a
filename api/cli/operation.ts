import type { z } from "zod";

/** A GraphQL document of the CLI, the variables it takes and the data it answers with. */
export interface Operation<Variables, Answer> {
  readonly name: string;
  readonly document: string;
  readonly read: (data: unknown) => Answer;
  /** Never there: ties the variables' type to the operation. */
  readonly takes?: (variables: Variables) => void;
}

/** `operation<Variables>()(document, shape of the data)`: the variables are told, the answer follows. */
export const operation =
  <Variables = Record<string, never>>() =>
  <Shape extends z.ZodType>(document: string, shape: Shape): Operation<Variables, z.infer<Shape>> => ({
    name: /^(?:query|mutation|subscription) (\w+)/.exec(document.trim())?.[1] ?? "",
    document: document.replace(/\s+/g, " ").trim(),
    read: (data) => shape.parse(data),
  });
