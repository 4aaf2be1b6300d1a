import { hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ask } from "./graphql.ts";

type Server = Parameters<typeof ask>[0];

/** What these tests upload: the content of a target is its name. */
export const contentOf = (name: string): string => `content of ${name}`;

export const bootstrap = async (server: Server, repository: string, bins: number): Promise<void> => {
  await ask(
    server,
    "mutation ($repository: String!, $bins: Int!) { bootstrapRepository(input: { repository: $repository, bins: $bins }) { receipt { position } } }",
    { repository, bins },
    z.unknown(),
  );
};

export const upload = async ({ url, token }: Server, content: string): Promise<{ sha256: string; length: number }> => {
  const response = await fetch(`${url}/blobs`, { method: "POST", body: content, headers: { authorization: `Bearer ${token}` } });
  if (response.status !== 201) throw new Error(`POST /blobs: ${response.status} ${await response.text()}`);
  return z.object({ sha256: z.string(), length: z.int() }).parse(await response.json());
};

/** Adds targets whose content is uploaded first; answers with the id of the publication's task. */
export const add = async (server: Server, repository: string, names: readonly string[], publish = true): Promise<string> => {
  for (const name of names) await upload(server, contentOf(name));
  const targets = names.map((path) => ({ path, length: Buffer.byteLength(contentOf(path)), sha256: hash("sha256", contentOf(path)) }));
  const { addTargets } = await ask(
    server,
    `mutation ($repository: String!, $targets: [TargetInput!]!, $publish: Boolean!) {
      addTargets(input: { repository: $repository, targets: $targets, publish: $publish }) { task { id } } }`,
    { repository, targets, publish },
    z.object({ addTargets: z.object({ task: z.object({ id: z.string() }).nullable() }) }),
  );
  return addTargets.task?.id ?? "";
};

const Standing = z.object({ repository: z.object({ pending: z.boolean(), stale: z.boolean() }).nullable() });
const Head = z.object({ status: z.object({ log: z.object({ head: z.int() }) }) });
const Open = z.object({ tasks: z.object({ stale: z.boolean(), edges: z.array(z.object({ node: z.object({ state: z.string() }) })) }) });

/** Resolves when nothing of the repository is pending and no task of it is open, by read models that have seen everything there is now. */
export const settled = async (server: Server, repository: string): Promise<void> => {
  for (;;) {
    const { status } = await ask(server, "{ status { log { head } } }", {}, Head);
    const seen = { name: repository, after: status.log.head };
    const { repository: state } = await ask(server, "query ($name: String!, $after: Position) { repository(name: $name, after: $after) { pending stale } }", seen, Standing);
    const { tasks } = await ask(
      server,
      "query ($name: String!, $after: Position) { tasks(subject: $name, afterPosition: $after, first: 1000) { stale edges { node { state } } } }",
      seen,
      Open,
    );
    const open = tasks.edges.filter(({ node }) => node.state === "QUEUED" || node.state === "RUNNING");
    if (state && !state.pending && !state.stale && !tasks.stale && open.length === 0) return;
    await sleep(20);
  }
};
