import { kindOf } from "#domain/graph/keys.ts";
import type { LinkType } from "#domain/graph/kinds.ts";
import type { Sql } from "#projections/ports/sql.ts";
import type { At } from "./at.ts";
import type { Names } from "./names.ts";
import { type DeploymentRow, deploymentsAt, ofKinds } from "./queries.ts";
import type { Walks } from "./walks.ts";

/** A deployment that is affected, and how far its artifact is from the cause. */
export interface Struck {
  readonly deployment: DeploymentRow;
  readonly depth: number;
}

export interface BlastRadius {
  /** By environment, then by service. */
  readonly struck: readonly Struck[];
  readonly affected: number;
  readonly truncated: boolean;
}

interface Asked {
  readonly at: At;
  readonly atLeast: number;
  readonly limit: number;
}

interface Sources {
  readonly sql: Sql;
  readonly walks: Walks;
  readonly names: Pick<Names, "numberOf">;
}

const upwards: readonly LinkType[] = ["built-from", "depends-on", "contains"];

/** What is deployed and needs a node. Null where there never was one of this key. */
export const blastRadius = async ({ sql, walks, names }: Sources, key: string, { at, atLeast, limit }: Asked): Promise<BlastRadius | null> => {
  const start = await names.numberOf(key);
  if (start === null) return null;
  const way = { asOf: at, atLeast, limit };
  const depths = new Map([[start, 0]]);
  let truncated = false;
  const reach = async (from: number, base: number) => {
    const { numbers, levels, truncated: more } = await walks.closure({ ...way, start: from, direction: "in", types: upwards, depth: null });
    truncated ||= more;
    let index = 0;
    for (const [level, count] of levels.entries())
      for (let left = count; left > 0; left--) lower(depths, numbers[index++] ?? -1, base + level + 1);
  };
  for (const [number, depth] of await causes({ sql, walks }, start, key, way)) {
    lower(depths, number, depth);
    await reach(number, depth);
  }
  const struck = (await deploymentsAt(sql, at)).flatMap((deployment) => {
    const depth = depths.get(deployment.artifact);
    return depth === undefined ? [] : [{ deployment, depth }];
  });
  return { struck, affected: depths.size - 1, truncated };
};

const lower = (depths: Map<number, number>, number: number, depth: number): void => {
  if ((depths.get(number) ?? Number.POSITIVE_INFINITY) > depth) depths.set(number, depth);
};

/** A vulnerability strikes by what it affects, a package by each of its versions. */
const causes = async ({ sql, walks }: Pick<Sources, "sql" | "walks">, start: number, key: string, way: { asOf: At; atLeast: number; limit: number }): Promise<ReadonlyMap<number, number>> => {
  const found = new Map([[start, 0]]);
  const follow = async (from: number, depth: number, type: LinkType) => {
    const { numbers } = await walks.closure({ ...way, start: from, direction: "out", types: [type], depth: 1 });
    for (const number of Array.from(numbers)) lower(found, number, depth + 1);
  };
  if (kindOf(key) === "vulnerability") await follow(start, 0, "affects");
  const packages = await ofKinds(sql, [...found.keys()], { kinds: ["package"], at: way.asOf });
  for (const number of packages) await follow(number, found.get(number) ?? 0, "contains");
  return found;
};
