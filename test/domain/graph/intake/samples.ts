/** Documents as tools of the field write them, small. */
export const image = "ab".repeat(32);

export const cycloneDx = {
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  serialNumber: "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
  version: 1,
  metadata: { timestamp: "2026-11-21T10:00:00Z", component: { "bom-ref": "root", type: "container", name: "shop", version: `sha256:${image}` } },
  components: [
    { "bom-ref": "a", type: "library", name: "express", version: "5.3.0", purl: "pkg:npm/express@5.3.0", licenses: [{ license: { id: "MIT" } }] },
    { "bom-ref": "b", type: "library", name: "ms", version: "2.1.3", purl: "pkg:npm/ms@2.1.3", components: [{ "bom-ref": "c", type: "file", name: "run.sh", hashes: [{ alg: "SHA-256", content: "CD".repeat(32) }] }] },
    { "bom-ref": "d", type: "operating-system", name: "debian", version: "12" },
  ],
  dependencies: [{ ref: "root", dependsOn: ["a"] }, { ref: "a", dependsOn: ["b", "d"] }, { ref: "b" }],
};

export const spdx = {
  spdxVersion: "SPDX-2.3",
  dataLicense: "CC0-1.0",
  SPDXID: "SPDXRef-DOCUMENT",
  name: "shop",
  documentNamespace: "https://example.com/shop",
  creationInfo: { created: "2026-11-21T10:00:00Z", creators: ["Tool: a tool"] },
  packages: [
    { SPDXID: "SPDXRef-shop", name: "shop", versionInfo: "1.0.0", downloadLocation: "NOASSERTION", externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: "pkg:npm/shop@1.0.0" }] },
    { SPDXID: "SPDXRef-ms", name: "ms", versionInfo: "2.1.3", downloadLocation: "NOASSERTION", licenseDeclared: "MIT", externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: "pkg:npm/ms@2.1.3" }] },
    { SPDXID: "SPDXRef-odd", name: "odd", downloadLocation: "NOASSERTION" },
  ],
  files: [{ SPDXID: "SPDXRef-file", fileName: "./run.sh", checksums: [{ algorithm: "SHA256", checksumValue: "cd".repeat(32) }] }],
  relationships: [
    { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-shop" },
    { spdxElementId: "SPDXRef-ms", relationshipType: "DEV_DEPENDENCY_OF", relatedSpdxElement: "SPDXRef-shop" },
    { spdxElementId: "SPDXRef-odd", relationshipType: "DEPENDENCY_OF", relatedSpdxElement: "SPDXRef-shop" },
    { spdxElementId: "SPDXRef-shop", relationshipType: "PATCH_FOR", relatedSpdxElement: "SPDXRef-ms" },
  ],
};

export const provenance = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "shop", digest: { sha256: image } }],
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://example.com/ci/v1",
      externalParameters: { workflow: { ref: "refs/heads/main" } },
      resolvedDependencies: [
        { uri: "git+https://git.example.com/shop/shop@refs/heads/main", digest: { gitCommit: "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d" } },
        { uri: "pkg:docker/node@24", digest: { sha256: "ef".repeat(32) } },
        { name: "a file that nobody can name" },
      ],
    },
    runDetails: { builder: { id: "https://ci.example.com/builder" }, metadata: { invocationId: "https://ci.example.com/runs/77", startedOn: "2026-11-21T10:00:00Z" } },
  },
};

export const envelopeOf = (statement: object, sign: (message: Buffer) => Buffer) => {
  const [payloadType, payload] = ["application/vnd.in-toto+json", Buffer.from(JSON.stringify(statement))];
  const message = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
  return { payloadType, payload: payload.toString("base64"), signatures: [{ keyid: "ci-2026", sig: sign(message).toString("base64") }] };
};

export const advisory = {
  schema_version: "1.6.0",
  id: "GHSA-test-test-test",
  modified: "2026-11-20T00:00:00Z",
  aliases: ["CVE-2026-9"],
  summary: "ms is slow",
  affected: [
    {
      package: { ecosystem: "npm", name: "ms" },
      ranges: [{ type: "SEMVER", events: [{ introduced: "2.0.0" }, { fixed: "2.1.0" }, { introduced: "2.1.2" }, { last_affected: "2.1.3" }] }],
    },
    { package: { ecosystem: "PyPI", name: "Foo_Bar" }, versions: ["1.0"], ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }] }] },
    { package: { ecosystem: "Debian:12", name: "bash" }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "5.2-3" }] }] },
    { package: { ecosystem: "Maven", name: "org.example:thing" }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }] }] },
  ],
};
