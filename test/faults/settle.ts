import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ask } from "#test/support/graphql.ts";
import { settled } from "#test/support/publishing.ts";

export interface Server {
  readonly url: string;
  readonly token: string;
}

/** Throws where it takes longer. */
export const within = async <Value>(ms: number, what: string, work: Promise<Value>): Promise<Value> => {
  const over = new AbortController();
  const late = sleep(ms, undefined, { signal: over.signal }).then(() => {
    throw new Error(`${what}: not within ${ms / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
};

/** Again until it does not reject; what it rejects with when the time is over is the answer. */
export const insistently = async <Value>(work: () => Promise<Value>, tries = 60): Promise<Value> => {
  for (let attempt = 1; ; attempt++)
    try {
      return await work();
    } catch (error) {
      if (attempt >= tries) throw error;
      await sleep(500);
    }
};

/** Publishes what is pending and waits until nothing is under way any more; resolves with the head of the log, at rest. */
export const atRest = async (server: Server, repositories: readonly string[]): Promise<number> => {
  for (const repository of repositories) {
    const publish = "mutation ($repository: String!) { publish(input: { repository: $repository }) { receipt { position } } }";
    await insistently(() => ask(server, publish, { repository }, z.unknown()));
    await within(120_000, `${repository} comes to rest`, insistently(() => settled(server, repository)));
  }
  for (let before = -1; ; await sleep(1500)) {
    const head = await insistently(() => headOf(server));
    if (head === before) {
      await within(120_000, `every read model comes to ${head}`, allReached(server, head));
      return head;
    }
    before = head;
  }
};

const Positions = z.object({ status: z.object({ projections: z.array(z.object({ position: z.int() })) }) });

/** A projection whose owner was cut off goes on under another one, some seconds later. */
const allReached = async (server: Server, head: number): Promise<void> => {
  for (;; await sleep(200)) {
    const { status } = await insistently(() => ask(server, "{ status { projections { position } } }", {}, Positions));
    if (status.projections.every(({ position }) => position >= head)) return;
  }
};

const Head = z.object({ status: z.object({ log: z.object({ head: z.int() }) }) });

const headOf = async (server: Server): Promise<number> => (await ask(server, "{ status { log { head } } }", {}, Head)).status.log.head;

const Paths = z.object({ targets: z.object({ edges: z.array(z.object({ node: z.object({ path: z.string() }) })), pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }) }) });

/** Every target that the repository has, as the read model says. */
export const targetsOf = async (server: Server, repository: string): Promise<readonly string[]> => {
  const query = "query ($repository: String!, $after: String) { targets(repository: $repository, first: 1000, after: $after) { edges { node { path } } pageInfo { hasNextPage endCursor } } }";
  const paths: string[] = [];
  for (let after: string | null = null; ; ) {
    const variables: object = { repository, after };
    const { targets } = await ask(server, query, variables, Paths);
    paths.push(...targets.edges.map(({ node }) => node.path));
    if (!targets.pageInfo.hasNextPage) return paths;
    after = targets.pageInfo.endCursor;
  }
};
