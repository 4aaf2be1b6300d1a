import { count, counted, printable, time } from "#api/cli/format.ts";
import type { Change, Shown } from "#api/cli/operations/graph-queries.ts";
import { pages } from "#api/cli/pages.ts";
import type { Session } from "#api/cli/session.ts";

/** `CONTAINS` as the CLI writes it. */
export const valueText = (value: unknown): string => {
  if (typeof value === "string") return printable(value);
  return printable(Array.isArray(value) && value.every((one) => typeof one === "string") ? value.join(", ") : JSON.stringify(value));
};

/** `requirement=libc6 (>= 2.36)`, one after the other. */
export const attributesText = (attributes: unknown): string =>
  typeof attributes === "object" && attributes !== null
    ? Object.entries(attributes)
        .map(([name, value]) => `${printable(name)}=${valueText(value)}`)
        .join("  ")
    : "";

/** When, by whom, and why. */
export const changeText = ({ at, actor, reason, position }: Change): string =>
  `${time(at)} by ${printable(actor)} (position ${count(position)})${reason === null ? "" : `: ${printable(reason)}`}`;

/** What an answer shows other than the present. */
export const remarkOn = ({ output }: Session, { asOf, stale, position }: Shown): void => {
  if (asOf !== null) output.note(`as of position ${count(asOf)}`);
  if (stale) output.note(`the graph has come to position ${count(position)} only`);
};

/** What is behind a table that was cut. */
export const moreText = (shown: number, total: number, what: string): string[] => (shown < total ? [`${count(shown)} of ${counted(total, what)}; more with --limit`] : []);

interface Page<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** How many to show: a screenful for people, all for programs. */
export const wanted = ({ output }: Session, limit: number | undefined): number => limit ?? (output.json ? Number.POSITIVE_INFINITY : 50);

/** The first `limit` items of a connection, page by page. */
export const take = async <Node>(limit: number, ask: (page: { first: number; cursor: string | null }) => Promise<Page<Node>>): Promise<Node[]> => {
  const found: Node[] = [];
  for await (const { nodes } of pages((cursor) => ask({ first: Math.min(500, limit - found.length), cursor }))) {
    for (const node of nodes) found.push(node);
    if (found.length >= limit) break;
  }
  return found;
};
