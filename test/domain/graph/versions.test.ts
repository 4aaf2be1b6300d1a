import { decides } from "#test/support/decides.ts";
import { type PackageVersion, type VersionsEvent } from "#domain/graph/events.ts";
import { versions } from "#domain/graph/versions.ts";

const bash: PackageVersion = { key: "pkg:deb/debian/bash@5.2", dependencies: [{ relation: "Depends", requirement: "libc6 (>= 2.36)" }] };
const dash: PackageVersion = { key: "pkg:deb/debian/dash@0.5", dependencies: [], integrity: "sha256:00" };
const recorded = (...versions: PackageVersion[]): VersionsEvent => ({ type: "VersionsRecorded", ecosystem: "deb", source: "Packages", versions });
const record = (...versions: PackageVersion[]) => ({ type: "RecordVersions", ecosystem: "deb", source: "Packages", versions }) as const;

describe("Package versions", () => {
  it("are recorded when they are new", () => decides(versions, { given: [], when: record(bash, dash), thenRecords: [recorded(bash, dash)] }));
  it("are not recorded again, wherever they are read", () => {
    decides(versions, { given: [recorded(bash, dash)], when: record(dash, bash), thenRecords: [] });
    decides(versions, { given: [recorded(bash)], when: record(dash, bash), thenRecords: [recorded(dash)] });
  });
  it("are recorded again when what they depend on or contain has changed", () => {
    const rebuilt = { ...dash, integrity: "sha256:01" };
    decides(versions, { given: [recorded(bash, dash)], when: record(rebuilt), thenRecords: [recorded(rebuilt)] });
    decides(versions, { given: [recorded(dash), recorded(rebuilt)], when: record(dash), thenRecords: [recorded(dash)] });
  });
});
