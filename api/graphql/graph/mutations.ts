import { z } from "zod";
import { Dependency, Ecosystem, PackageVersion } from "#domain/graph/events.ts";
import { builder } from "#api/graphql/builder.ts";
import { causeOf } from "#api/graphql/context.ts";
import { listOf } from "#api/graphql/input/list-of.ts";
import { asked, Line } from "#api/graphql/input/text.ts";
import { done, payload } from "#api/graphql/receipt.ts";

const dependencyInput = builder.inputType("DependencyInput", {
  description: "One declared dependency, as its ecosystem writes it.",
  fields: (t) => ({
    relation: t.string({ required: true, description: "`Depends`, `dependencies`, `peerDependencies` …" }),
    requirement: t.string({ required: true, description: "`libc6 (>= 2.36)`, `zod@^4.0.0`." }),
    resolved: t.string({ description: "The version that a lock has chosen for it: `pkg:npm/zod@4.6.7`." }),
  }),
});

const versionInput = builder.inputType("PackageVersionInput", {
  fields: (t) => ({
    key: t.string({ required: true, description: "A package URL: `pkg:deb/debian/bash@5.2-3`." }),
    dependencies: t.field({ type: [dependencyInput], required: true }),
    integrity: t.string({ description: "`sha256:…` or `sha512-…`." }),
  }),
});

const declared = Dependency.unwrap().shape;
const version = PackageVersion.unwrap().shape;

const Version = z
  .object({
    key: version.key,
    dependencies: z
      .array(
        z
          .object({ relation: declared.relation.pipe(Line(64)), requirement: declared.requirement.pipe(Line(4096)), resolved: declared.resolved.nullish() })
          .transform(({ resolved, ...dependency }) => ({ ...dependency, ...(typeof resolved === "string" ? { resolved } : {}) })),
      )
      .max(5000),
    integrity: Line(256).nullish(),
  })
  .transform(({ key, dependencies, integrity }) => ({ key, dependencies, ...(typeof integrity === "string" ? { integrity } : {}) }));

const keyOf = (version: unknown): unknown => (typeof version === "object" && version !== null && "key" in version ? version.key : null);

const RecordVersionsInput = builder
  .inputType("RecordVersionsInput", {
    fields: (t) => ({
      ecosystem: t.string({ required: true, description: "A purl type: `deb`, `npm`." }),
      source: t.string({ required: true, description: "Where this was read: a file name, a URL." }),
      versions: t.field({ type: [versionInput], required: true, description: "1 to 1,000." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(
    z.object({
      ...asked,
      ecosystem: Ecosystem,
      source: Line(1024),
      versions: listOf(Version, { max: 1000, unique: { field: "key", of: keyOf } }),
    }),
  );

const RecordVersionsPayload = payload("RecordVersionsPayload", "Package versions were recorded; those already known as they are, not again.");

builder.mutationField("recordVersions", (t) =>
  t.field({
    type: RecordVersionsPayload,
    args: { input: t.arg({ type: RecordVersionsInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { ecosystem, source, versions } = input;
      return done(await context.application.commands.recordVersions({ ecosystem, source, versions }, causeOf(context, "recordVersions", input)));
    },
  }),
);
