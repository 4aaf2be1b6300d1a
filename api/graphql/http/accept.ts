/** In which form a single result goes out; JSON where the client's wish is unknown. */
export const mediaTypeOf = (accept: string | undefined): string =>
  accept?.includes("application/graphql-response+json") === true ? "application/graphql-response+json" : "application/json";

/** The client wants even single results as a stream. */
export const wantsStream = (accept: string | undefined): boolean =>
  accept !== undefined && /text\/event-stream|multipart\/mixed/.test(accept) && !/json|\*\/\*/.test(accept);

/** A subscription can be answered: as server-sent events, or as parts. */
export const takesStream = (accept: string | undefined): boolean =>
  accept === undefined || /text\/event-stream|text\/\*|multipart\/mixed|\*\/\*/.test(accept);

/** A person with a browser, who sees GraphiQL. */
export const wantsPage = (accept: string | undefined): boolean => accept?.includes("text/html") === true;
