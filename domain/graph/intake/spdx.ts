import { z } from "zod";
import { isRefusal, refuse, type Refusal } from "#domain/kernel/decider.ts";
import type { LinkType } from "#domain/graph/kinds.ts";
import { digestKey, type DocumentCode, gathering, type Given, purlKey, type Reading, shaped, skipping } from "./document.ts";

const Checksums = z.array(z.object({ algorithm: z.string(), checksumValue: z.string() })).optional();

const Package = z.object({
  SPDXID: z.string(),
  name: z.string(),
  versionInfo: z.string().optional(),
  primaryPackagePurpose: z.string().optional(),
  licenseConcluded: z.string().optional(),
  licenseDeclared: z.string().optional(),
  checksums: Checksums,
  externalRefs: z.array(z.object({ referenceType: z.string(), referenceLocator: z.string() })).optional(),
});
type Package = z.infer<typeof Package>;

/** https://spdx.github.io/spdx-spec/v2.3/, as far as the graph takes it. */
const Document = z.object({
  spdxVersion: z.string(),
  SPDXID: z.string(),
  name: z.string().optional(),
  documentNamespace: z.string().optional(),
  creationInfo: z.object({ created: z.string().optional(), creators: z.array(z.string()).optional() }).optional(),
  documentDescribes: z.array(z.string()).optional(),
  packages: z.array(Package).optional(),
  files: z.array(z.object({ SPDXID: z.string(), fileName: z.string(), checksums: Checksums })).optional(),
  relationships: z.array(z.object({ spdxElementId: z.string(), relationshipType: z.string(), relatedSpdxElement: z.string() })).optional(),
});

/** An SPDX SBOM: what it describes contains its packages and files, and these have their relationships. */
export const readSpdx = ({ key, json }: Given): Reading | Refusal<DocumentCode> => {
  const version = z.object({ spdxVersion: z.string() }).safeParse(json).data?.spdxVersion;
  if (version !== undefined && !["SPDX-2.2", "SPDX-2.3"].includes(version))
    return refuse("DOCUMENT_UNSUPPORTED", `${version} is not read here; SPDX-2.2 and SPDX-2.3 in JSON are`, { format: version });
  const format = (version ?? "SPDX").replace("-", " ");
  const document = shaped(format, Document, json);
  if (isRefusal(document)) return document;
  const { packages = [], files = [], relationships = [], creationInfo, name, documentNamespace } = document.data;
  const [gathered, skipped, ids] = [gathering(), skipping(), new Map<string, string>()];
  for (const one of packages) put(ids, one.SPDXID, identityOf(one));
  for (const { SPDXID, checksums } of files) put(ids, SPDXID, sha256Of(checksums));
  const described = describedBy(document.data).flatMap((id) => ids.get(id) ?? []);
  const [first, second] = new Set(described);
  const subject = first !== undefined && second === undefined ? first : key;
  gathered.node(key, "sbom", { format, name, namespace: documentNamespace, created: creationInfo?.created, creators: creationInfo?.creators });
  if (subject !== key) gathered.link("attested-by", subject, key, { format });
  for (const one of packages) {
    const own = ids.get(one.SPDXID);
    if (own === undefined) skipped.add("package without a package URL or a SHA-256");
    else if (own === subject && own.startsWith("sha256:")) gathered.hint(own, one.primaryPackagePurpose === "CONTAINER" ? "image" : "artifact", { name: nameOf(one) });
    else gathered.link("contains", subject, own, detailsOf(one));
  }
  for (const { SPDXID, fileName } of files) {
    const own = ids.get(SPDXID);
    if (own === undefined) skipped.add("file without a SHA-256");
    else gathered.link("contains", subject, own, { path: fileName });
  }
  for (const { spdxElementId, relationshipType, relatedSpdxElement } of relationships) {
    const meant = meaningOf(relationshipType);
    if (meant === "nothing") continue;
    const [one, other] = [ids.get(spdxElementId), ids.get(relatedSpdxElement)];
    if (!meant) skipped.add(`relationship ${relationshipType}`);
    else if (one === undefined || other === undefined) skipped.add("relationship of an element that has no key");
    else if (meant.reversed) gathered.link(meant.type, other, one, { scope: meant.scope });
    else gathered.link(meant.type, one, other, { scope: meant.scope });
  }
  return { format, ...gathered.all(), skipped: skipped.texts() };
};

const put = (ids: Map<string, string>, id: string, key: string | null): void => {
  if (key !== null) ids.set(id, key);
};

const describedBy = ({ SPDXID, documentDescribes = [], relationships = [] }: z.infer<typeof Document>): string[] => [
  ...documentDescribes,
  ...relationships.flatMap(({ spdxElementId, relationshipType, relatedSpdxElement }) => {
    const type = inWords(relationshipType);
    if (type === "describes" && spdxElementId === SPDXID) return [relatedSpdxElement];
    return type === "described by" && relatedSpdxElement === SPDXID ? [spdxElementId] : [];
  }),
];

interface Meaning {
  readonly type: LinkType;
  readonly reversed: boolean;
  readonly scope?: string;
}

const inWords = (type: string): string => type.toLowerCase().replaceAll("_", " ");

/** Clause 11.1, table 68. What describes the document says nothing of the graph. */
const meaningOf = (relationship: string): Meaning | "nothing" | null => {
  const type = inWords(relationship);
  if (type === "describes" || type === "described by") return "nothing";
  if (type === "depends on") return { type: "depends-on", reversed: false };
  const scope = /^(?:([a-z]+) )?dependency of$/.exec(type);
  if (scope) return { type: "depends-on", reversed: true, ...(scope[1] === undefined ? {} : { scope: scope[1] }) };
  return meanings.get(type) ?? null;
};

const meanings: ReadonlyMap<string, Meaning> = new Map([
  ["prerequisite for", { type: "depends-on", reversed: true, scope: "prerequisite" }],
  ["has prerequisite", { type: "depends-on", reversed: false, scope: "prerequisite" }],
  ["contains", { type: "contains", reversed: false }],
  ["contained by", { type: "contains", reversed: true }],
  ["generated from", { type: "built-from", reversed: false }],
  ["generates", { type: "built-from", reversed: true }],
]);

const sha256Of = (checksums: z.infer<typeof Checksums>): string | null => digestKey(checksums?.find(({ algorithm }) => algorithm === "SHA256")?.checksumValue);

/** By its package URL, else by its SHA-256; a container is its digest. */
const identityOf = ({ primaryPackagePurpose, versionInfo, checksums, externalRefs = [] }: Package): string | null => {
  const digest = sha256Of(checksums) ?? digestKey(/(?:^|@)sha256:([0-9a-f]{64})$/i.exec(versionInfo ?? "")?.[1]);
  if (primaryPackagePurpose === "CONTAINER" && digest !== null) return digest;
  return purlKey(externalRefs.find(({ referenceType }) => referenceType === "purl")?.referenceLocator) ?? digest;
};

const nameOf = ({ name, versionInfo }: Package): string => (versionInfo === undefined ? name : `${name} ${versionInfo}`);

const detailsOf = (one: Package) => {
  const license = [one.licenseConcluded, one.licenseDeclared].find((text) => text !== undefined && text !== "NOASSERTION" && text !== "NONE");
  const hasPurl = one.externalRefs?.some(({ referenceType }) => referenceType === "purl") === true;
  return { name: hasPurl ? undefined : nameOf(one), licenses: license === undefined ? undefined : [license], sha256: hasPurl ? sha256Of(one.checksums)?.slice("sha256:".length) : undefined };
};
