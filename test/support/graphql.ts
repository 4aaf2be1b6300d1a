import { z } from "zod";

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.looseObject({ message: z.string(), extensions: z.looseObject({ code: z.string().optional() }).optional() })).optional(),
});

/** One GraphQL request as a script would send it; rejects with the first error's code and message. */
export const ask = async <Shape extends z.ZodType>(
  server: { readonly url: string; readonly token: string },
  query: string,
  variables: object,
  shape: Shape,
): Promise<z.infer<Shape>> => {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = Answer.parse(await response.json());
  if (errors?.[0]) throw new Error(`${errors[0].extensions?.code ?? "ERROR"}: ${errors[0].message}`);
  return shape.parse(data);
};
