import type { LinkType } from "#domain/graph/kinds.ts";

/** A node as the tables know it, or as it is about to be written. */
export interface PresentNode {
  readonly number: number;
  readonly key: string;
  refined: string | null;
  refinedPosition: number | null;
  /** Claims that hold it; see graph.sql. */
  held: number;
  /** Where its present span begins in this chunk of events; null: before, or it has none. */
  spanFrom: number | null;
  readonly isNew: boolean;
  changed: boolean;
}

/** What a source says of an attribute: its JSON, and from when on. */
export interface PresentValue {
  readonly json: string;
  readonly from: number;
  readonly stored: boolean;
}

export interface PresentClaim {
  readonly node: number;
  readonly source: string;
  readonly kind: string;
  /** From when on the source has claimed it, as whatever kind. */
  readonly since: number;
  readonly from: number;
  readonly stored: boolean;
  readonly values: Map<string, PresentValue>;
}

export interface PresentLink {
  readonly from: number;
  readonly to: number;
  readonly type: LinkType;
  readonly source: string;
  readonly attributes: string;
  readonly since: number;
  readonly begun: number;
  readonly stored: boolean;
}

export interface PresentDeployment {
  readonly node: number;
  readonly environment: string;
  readonly service: string;
  readonly artifact: number;
  readonly source: string;
  readonly from: number;
  readonly stored: boolean;
}

/** A target's path, and whether the table has it. */
export interface PresentTarget {
  readonly artifact: number;
  readonly stored: boolean;
}

/** All that is now and that a chunk of events may change. What is not in here is not there. */
export interface Present {
  readonly nodes: Map<string, PresentNode>;
  readonly byNumber: Map<number, PresentNode>;
  /** The number that the next new node gets. */
  next: number;
  readonly claims: Map<string, PresentClaim>;
  readonly links: Map<string, PresentLink>;
  /** The other ends of the links of one type that a source sees leave a node, where a statement may replace all of them. */
  readonly ends: Map<string, Set<number>>;
  readonly deployments: Map<number, PresentDeployment>;
  /** By repository and path. */
  readonly targets: Map<string, PresentTarget | null>;
  /** The paths of an artifact in a repository, in the order in which they were added. */
  readonly paths: Map<string, Set<string>>;
}

export const claimName = (node: number, source: string): string => `${node} ${source}`;
export const linkName = (link: { readonly from: number; readonly to: number; readonly type: LinkType; readonly source: string }): string =>
  `${link.from} ${link.to} ${link.type} ${link.source}`;
export const endsName = (from: number, type: LinkType, source: string): string => `${from} ${type} ${source}`;
export const targetName = (repository: string, path: string): string => `${repository} ${path}`;
export const pathsName = (artifact: number, repository: string): string => `${artifact} ${repository}`;
