import type { ServerResponse } from "node:http";

const title = "Waybill";

const defaultQuery = `# Waybill. Put your token into the headers below: { "Authorization": "Bearer wb_…" }
query Overview {
  status { version log { engine head } projections { name position lag state } }
  repositories(first: 10) { edges { node { name targetCount pending publishedAt } } }
}
`;

const defaultHeaders = '{ "Authorization": "Bearer " }';

let page: Promise<string> | undefined;

// The page brings its scripts with it: a tab that holds tokens loads nothing from strangers. 6 MB, so only when somebody looks.
const render = async (): Promise<string> => {
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  // With `headers` and `defaultQuery` apart, it would open a second, empty tab in front.
  return renderGraphiQL({ title, defaultTabs: [{ query: defaultQuery, headers: defaultHeaders }], defaultHeaders, shouldPersistHeaders: false });
};

/** GraphiQL in a browser. The page is public, what it asks for is not. */
export const sendGraphiql = async (response: ServerResponse): Promise<void> => {
  page ??= render();
  const html = await page;
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(html),
    "content-security-policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'",
  });
  response.end(html);
};
