interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface PageOf<Node> {
  readonly nodes: readonly Node[];
  readonly more: boolean;
}

/** The pages of a connection, each asked for when the one before was dealt with. */
export async function* pages<Node>(ask: (after: string | null) => Promise<Connection<Node>>): AsyncGenerator<PageOf<Node>> {
  for (let after: string | null = null; ;) {
    const { edges, pageInfo }: Connection<Node> = await ask(after);
    yield { nodes: edges.map(({ node }) => node), more: pageInfo.hasNextPage };
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}

/** All nodes of a connection that is known to be short. */
export const allNodes = async <Node>(ask: (after: string | null) => Promise<Connection<Node>>): Promise<Node[]> => {
  const found: Node[] = [];
  for await (const { nodes } of pages(ask)) found.push(...nodes);
  return found;
};
