import type { LinkType } from "#domain/graph/kinds.ts";
import type { Stretch } from "#projections/kernel/keyset.ts";

/** Along links (`out`: what a node depends on), against them (`in`: what depends on it), or either way. */
export type Direction = "out" | "in" | "both";

/** Where to walk, and how far. */
export interface Way {
  readonly direction: Direction;
  /** Links that may be walked; at least one. */
  readonly types: readonly LinkType[];
  /** The graph as it was when the log ended here; null: as it is now. */
  readonly asOf: number | null;
  /** A read that must see this position (its own write) is answered by a graph that has; 0 where any will do. */
  readonly atLeast: number;
  /** Links from the start, at most; null: as far as it goes. */
  readonly depth: number | null;
  /** Nodes to reach, at most. */
  readonly limit: number;
}

export interface Reached {
  /** Numbers of nodes, each once, by depth and then by number; the start is not among them, even if it lies on a cycle. */
  readonly numbers: Int32Array | readonly number[];
  /** How many of them are 1, 2, 3 … links away; the sum is the length of `numbers`. */
  readonly levels: readonly number[];
  /** There are more within `depth`: the first `limit` in the order of `numbers` are here. */
  readonly truncated: boolean;
  /** Everything up to here was looked at. */
  readonly position: number;
}

/** A node that was reached, and how far it is. */
export interface Step {
  readonly number: number;
  readonly depth: number;
}

/** A stretch of what was reached, by depth and then by number, whose keys these are: what is near is told before what is far was walked to. */
export interface ReachedPage extends Pick<Reached, "position"> {
  readonly rows: readonly Step[];
  readonly more: boolean;
  readonly whole: Promise<Whole>;
}

/** All that was reached, but for who. */
export interface Whole extends Pick<Reached, "levels" | "truncated"> {
  readonly count: number;
}

export interface Found {
  /** The nodes of a shortest way, both ends included; of the start alone where it is the end; null where there is none. */
  readonly numbers: readonly number[] | null;
  /** More than `limit` nodes were looked at in vain: there may be a way. */
  readonly truncated: boolean;
  readonly position: number;
}

/**
 * Walks over the links of the graph, by the numbers of its nodes (graph.nodes). A link is there at a position where any row of
 * graph.links says so. Every implementation gives the same answers: test/projections/graph. Numbers that no node has reach nothing.
 */
export interface Walks {
  closure(way: Way & { readonly start: number }): Promise<Reached>;
  /** Of several ways of the same length any one. */
  path(way: Way & { readonly start: number; readonly end: number }): Promise<Found>;
}

/** Walks that tell a stretch of what they reached for less than all of it. */
export interface PagedWalks extends Walks {
  page(way: Way & { readonly start: number }, stretch: Stretch): Promise<ReachedPage>;
}
