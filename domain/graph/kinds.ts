/** What a node may be. */
export const kinds = [
  "source",
  "build",
  "package",
  "version",
  "artifact",
  "image",
  "sbom",
  "attestation",
  "repository",
  "environment",
  "deployment",
  "vulnerability",
  "key",
] as const;
export type Kind = (typeof kinds)[number];

/** What an artifact may turn out to be, once and for all. */
export const refinements = ["image", "sbom", "attestation"] as const satisfies readonly Kind[];

export const isRefinement = (kind: Kind): kind is (typeof refinements)[number] => refinements.some((one) => one === kind);

/** How two nodes may be linked. The read model's tables hold the place in this list: it only grows. */
export const linkTypes = [
  "built-from",
  "depends-on",
  "contains",
  "published-in",
  "signed-by",
  "attested-by",
  "deployed-to",
  "affects",
] as const;
export type LinkType = (typeof linkTypes)[number];
