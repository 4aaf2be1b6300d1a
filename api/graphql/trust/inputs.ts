import { z } from "zod";
import { RepositoryName, Settings } from "#domain/trust/events.ts";
import { OfferedTarget } from "#domain/trust/target.ts";
import { builder } from "#api/graphql/builder.ts";
import { Signable } from "#api/graphql/input/json.ts";
import { listOf } from "#api/graphql/input/list-of.ts";
import { asked, Line } from "#api/graphql/input/text.ts";
import { BinForm } from "./repository.ts";

const day = 86_400;
const settings = Settings.unwrap().shape;
const offered = OfferedTarget.unwrap().shape;

const Days = (usual: number) =>
  z
    .int()
    .min(1, "must be at least one day")
    .max(36_600, "must be at most 36600 days")
    .nullish()
    .transform((days) => (days ?? usual) * day);

const Expires = z.object({ root: Days(365), targets: Days(365), snapshot: Days(7), timestamp: Days(1), bins: Days(90) });

const expiresInput = builder.inputType("ExpiresInput", {
  description: "For how many days new metadata of each kind is valid. Absent: 365, 365, 7, 1, 90.",
  fields: (t) => ({
    root: t.int(),
    targets: t.int(),
    snapshot: t.int(),
    timestamp: t.int(),
    bins: t.int(),
  }),
});

export const BootstrapRepositoryInput = builder
  .inputType("BootstrapRepositoryInput", {
    fields: (t) => ({
      repository: t.string({ required: true }),
      bins: t.int({ defaultValue: 256, description: "Number of hash bins: a power of two from 2 to 1,024." }),
      binForm: t.field({ type: BinForm, defaultValue: "succinct" }),
      expires: t.field({ type: expiresInput }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(
    z.object({
      ...asked,
      repository: RepositoryName,
      bins: settings.bins.nullish().transform((bins) => bins ?? 256),
      binForm: settings.binForm.nullish().transform((form) => form ?? "succinct"),
      expires: Expires.nullish().transform((lives) => lives ?? Expires.parse({})),
    }),
  );

const targetInput = builder.inputType("TargetInput", {
  fields: (t) => ({
    path: t.string({ required: true, description: "What clients ask for: `dir/name-1.0.tar.gz`." }),
    length: t.float({ required: true, description: "Bytes: a whole number from 0 to 2^53-1." }),
    sha256: t.string({ required: true, description: "64 lower-case hex digits." }),
    custom: t.field({ type: "JSON", description: "Signed with the rest and shown to clients; an object." }),
  }),
});

const Bytes = z.int("must be a whole number up to 2^53-1").min(0, "must not be negative");

const Target = z
  .object({ path: offered.path, length: Bytes, sha256: offered.hashes.unwrap().shape.sha256, custom: Signable.pipe(offered.custom).nullish() })
  .transform(({ path, length, sha256, custom }) => ({ path, length, hashes: { sha256 }, ...(custom ? { custom } : {}) }));

const Published = z
  .boolean()
  .nullish()
  .transform((publish) => publish ?? true);

const pathOf = (target: unknown): unknown => (typeof target === "object" && target !== null && "path" in target ? target.path : null);

export const AddTargetsInput = builder
  .inputType("AddTargetsInput", {
    fields: (t) => ({
      repository: t.string({ required: true }),
      targets: t.field({ type: [targetInput], required: true, description: "1 to 1,000." }),
      publish: t.boolean({ defaultValue: true, description: "Make them visible, together with whatever else is pending." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(
    z.object({
      ...asked,
      repository: RepositoryName,
      targets: listOf(Target, { max: 1000, unique: { field: "path", of: pathOf } }),
      publish: Published,
    }),
  );

export const RemoveTargetsInput = builder
  .inputType("RemoveTargetsInput", {
    fields: (t) => ({
      repository: t.string({ required: true }),
      paths: t.stringList({ required: true, description: "1 to 1,000." }),
      publish: t.boolean({ defaultValue: true, description: "Make it visible, together with whatever else is pending." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(
    z.object({
      ...asked,
      repository: RepositoryName,
      paths: listOf(Line(1024), { max: 1000, unique: { field: null, of: (path) => path } }),
      publish: Published,
    }),
  );

export const PublishInput = builder
  .inputType("PublishInput", {
    fields: (t) => ({ repository: t.string({ required: true }), reason: t.string(), idempotencyKey: t.string() }),
  })
  .validate(z.object({ ...asked, repository: RepositoryName }));
