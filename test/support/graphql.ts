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

const Positions = z.object({ events: z.object({ edges: z.array(z.object({ node: z.object({ position: z.int() }) })), pageInfo: z.object({ hasNextPage: z.boolean() }) }) });
const Head = z.object({ status: z.object({ log: z.object({ head: z.int() }) }) });

/** The positions of all events, of which a test has fewer than a thousand: not every engine counts them without gaps. */
export const positionsOf = async (server: { readonly url: string; readonly token: string }): Promise<number[]> => {
  const { status } = await ask(server, "{ status { log { head } } }", {}, Head);
  const page = "query ($head: Position!) { events(first: 1000, afterPosition: $head) { edges { node { position } } pageInfo { hasNextPage } } }";
  const { events } = await ask(server, page, { head: status.log.head }, Positions);
  if (events.pageInfo.hasNextPage) throw new Error("there are more than a thousand events");
  return events.edges.map(({ node }) => node.position);
};
