import { z } from "zod";
import { isRefusal, refuse, type Refusal } from "#domain/kernel/decider.ts";
import { digestKey, type DocumentCode, gathering, type Given, purlKey, type Reading, shaped, skipping } from "./document.ts";

const License = z.object({ license: z.object({ id: z.string().optional(), name: z.string().optional() }).optional(), expression: z.string().optional() });

interface Component {
  readonly type: string;
  readonly name: string;
  readonly version?: string | undefined;
  readonly purl?: string | undefined;
  readonly scope?: string | undefined;
  readonly "bom-ref"?: string | undefined;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[] | undefined;
  readonly licenses?: readonly z.infer<typeof License>[] | undefined;
  readonly components?: readonly Component[] | undefined;
}

const Component: z.ZodType<Component> = z.lazy(() =>
  z.object({
    type: z.string(),
    name: z.string(),
    version: z.string().optional(),
    purl: z.string().optional(),
    scope: z.string().optional(),
    "bom-ref": z.string().optional(),
    hashes: z.array(z.object({ alg: z.string(), content: z.string() })).optional(),
    licenses: z.array(License).optional(),
    components: z.array(Component).optional(),
  }),
);

/** https://cyclonedx.org/docs/1.6/json/, as far as the graph takes it. */
const Bom = z.object({
  specVersion: z.string(),
  serialNumber: z.string().optional(),
  metadata: z.object({ timestamp: z.string().optional(), component: Component.optional() }).optional(),
  components: z.array(Component).optional(),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()).optional() })).optional(),
  vulnerabilities: z.array(z.unknown()).optional(),
  services: z.array(z.unknown()).optional(),
});

const known = new Set(["1.4", "1.5", "1.6"]);

/** A CycloneDX SBOM: what it is about contains its components, components depend on each other. */
export const readCycloneDx = ({ key, json }: Given): Reading | Refusal<DocumentCode> => {
  const version = z.object({ specVersion: z.string() }).safeParse(json).data?.specVersion;
  if (version !== undefined && !known.has(version))
    return refuse("DOCUMENT_UNSUPPORTED", `CycloneDX ${version} is not read here; 1.4, 1.5 and 1.6 are`, { format: `CycloneDX ${version}` });
  const format = `CycloneDX ${version ?? ""}`.trim();
  const bom = shaped(format, Bom, json);
  if (isRefusal(bom)) return bom;
  const { metadata, components = [], dependencies = [], serialNumber, vulnerabilities = [], services = [] } = bom.data;
  const [gathered, skipped, refs] = [gathering(), skipping(), new Map<string, string>()];
  const root = metadata?.component;
  const subject = (root && identityOf(root)) ?? key;
  gathered.node(key, "sbom", { format, serialNumber, created: metadata?.timestamp, subject: root && nameOf(root) });
  if (root) register(refs, root, subject);
  if (root && subject !== key) {
    if (subject.startsWith("sha256:")) gathered.hint(subject, root.type === "container" ? "image" : "artifact", { name: nameOf(root) });
    gathered.link("attested-by", subject, key, { format });
  }
  const each = (some: readonly Component[], within: string) => {
    for (const component of some) {
      const own = identityOf(component);
      register(refs, component, own);
      if (own === null) skipped.add("component without a package URL or a SHA-256");
      else {
        gathered.link("contains", within, own, detailsOf(component));
      }
      each(component.components ?? [], own ?? within);
    }
  };
  each(root?.components ?? [], subject);
  each(components, subject);
  for (const { ref, dependsOn = [] } of dependencies) {
    const from = refs.get(ref);
    for (const other of dependsOn) {
      const to = refs.get(other);
      if (from !== undefined && to !== undefined) gathered.link("depends-on", from, to);
      else skipped.add("dependency of or on a component that has no key");
    }
  }
  skipped.add("vulnerability (take it from an advisory)", vulnerabilities.length);
  skipped.add("service", services.length);
  return { format, ...gathered.all(), skipped: skipped.texts() };
};

const register = (refs: Map<string, string>, { "bom-ref": ref }: Component, key: string | null): void => {
  if (ref !== undefined && key !== null) refs.set(ref, key);
};

/** By its package URL, else by its SHA-256; a container is its digest. */
const identityOf = ({ type, purl, version, hashes = [] }: Component): string | null => {
  const own = digestKey(hashes.find(({ alg }) => alg === "SHA-256")?.content);
  const digest = own ?? digestKey(/(?:^|@)sha256:([0-9a-f]{64})$/i.exec(version ?? "")?.[1]) ?? digestKey(/^pkg:(?:oci|docker)\/[^?#]*@sha256(?::|%3A)([0-9a-f]{64})/i.exec(purl ?? "")?.[1]);
  if (type === "container" && digest !== null) return digest;
  return purlKey(purl) ?? digest;
};

const nameOf = ({ name, version }: Component): string => (version === undefined ? name : `${name} ${version}`);

const detailsOf = (component: Component) => ({
  scope: component.scope,
  // Of a package URL everybody sees the name.
  name: purlKey(component.purl) === null ? nameOf(component) : undefined,
  type: component.type === "library" ? undefined : component.type,
  sha256: purlKey(component.purl) === null ? undefined : component.hashes?.find(({ alg }) => alg === "SHA-256")?.content,
  licenses: component.licenses?.flatMap(({ license, expression }) => expression ?? license?.id ?? license?.name ?? []),
});
