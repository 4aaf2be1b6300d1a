import { hash } from "node:crypto";
import { z } from "zod";
import { isRefusal, refuse, type Refusal } from "#domain/kernel/decider.ts";
import { keyOf } from "#domain/graph/keys.ts";
import { type DocumentCode, gathering, type Given, type Reading, shaped, skipping } from "./document.ts";
import { Resource, resourceKey } from "./resource.ts";

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
const Statement = z.object({
  _type: z.string(),
  subject: z.array(Resource).min(1, "must not be empty"),
  predicateType: z.string().min(1),
  predicate: z.unknown(),
});

/** https://slsa.dev/spec/v1.2/build-provenance */
const Provenance = z.object({
  buildDefinition: z.object({
    buildType: z.string(),
    externalParameters: z.unknown(),
    resolvedDependencies: z.array(Resource).nullish(),
  }),
  runDetails: z.object({
    builder: z.object({ id: z.string() }),
    metadata: z.object({ invocationId: z.string().nullish(), startedOn: z.string().nullish(), finishedOn: z.string().nullish() }).nullish(),
  }),
});

const versions = new Map([
  ["https://in-toto.io/Statement/v1", "in-toto Statement v1"],
  ["https://in-toto.io/Statement/v0.1", "in-toto Statement v0.1"],
]);
const slsa = "https://slsa.dev/provenance/v1";

type Gathering = ReturnType<typeof gathering>;

/** An in-toto statement: its subjects are attested by it; with SLSA provenance, built from what the build was built from. */
export const readStatement = ({ key, json }: Given): Reading | Refusal<DocumentCode> => {
  const type = z.object({ _type: z.string() }).safeParse(json).data?._type ?? "";
  const format = versions.get(type);
  if (format === undefined) return refuse("DOCUMENT_UNSUPPORTED", `in-toto statements of type ${JSON.stringify(type.slice(0, 200))} are not read here; ${[...versions.keys()].join(" and ")} are`, { format: type.slice(0, 200) });
  const statement = shaped(format, Statement, json);
  if (isRefusal(statement)) return statement;
  const { subject, predicateType, predicate } = statement.data;
  const [gathered, skipped] = [gathering(), skipping()];
  gathered.node(key, "attestation", { format, predicateType, subjects: subject.flatMap(({ name }) => name ?? []) });
  const subjects: string[] = [];
  for (const one of subject) {
    const own = resourceKey(one);
    if (own === null) skipped.add("subject without a SHA-256, a commit or a package URL");
    else {
      subjects.push(own);
      gathered.link("attested-by", own, key, { name: one.name, predicateType });
    }
  }
  if (predicateType === slsa) {
    const problem = readProvenance(gathered, skipped, { key, json: predicate, subjects });
    if (problem) return problem;
  }
  return { format: predicateType === slsa ? "SLSA provenance v1" : format, ...gathered.all(), skipped: skipped.texts() };
};

const readProvenance = (gathered: Gathering, skipped: ReturnType<typeof skipping>, { key, json, subjects }: Given & { readonly subjects: readonly string[] }): Refusal<DocumentCode> | null => {
  const provenance = shaped("SLSA provenance v1", z.object({ predicate: Provenance }), { predicate: json });
  if (isRefusal(provenance)) return provenance;
  const { buildDefinition, runDetails } = provenance.data.predicate;
  const { invocationId, startedOn, finishedOn } = runDetails.metadata ?? {};
  const build = buildKey(runDetails.builder.id, invocationId ?? null, key);
  gathered.node(build, "build", {
    buildType: buildDefinition.buildType,
    builder: runDetails.builder.id,
    invocationId,
    startedOn,
    finishedOn,
    externalParameters: JSON.stringify(buildDefinition.externalParameters ?? {}),
  });
  gathered.link("attested-by", build, key, { predicateType: slsa });
  for (const subject of subjects) gathered.link("built-from", subject, build, { attestation: key });
  for (const resource of buildDefinition.resolvedDependencies ?? []) {
    const own = resourceKey(resource);
    if (own === null) skipped.add("resolved dependency without a SHA-256, a commit or a package URL");
    else gathered.link("built-from", build, own, { attestation: key, uri: resource.uri, name: resource.name });
  }
  return null;
};

/** One build has one invocation id with its builder; without one, each provenance tells of a build of its own. */
const buildKey = (builder: string, invocationId: string | null, document: string): string => {
  const readable = invocationId === null ? null : keyOf(`build/${invocationId.replace(/^https?:\/\//, "")}`);
  if (readable && invocationId?.includes("/") === true) return readable.key;
  return `build/${hash("sha256", JSON.stringify([builder, invocationId ?? document]))}`;
};
