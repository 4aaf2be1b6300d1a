import type { IssuedFile, RepositoryEvent } from "#domain/trust/events.ts";
import { repositoryDecider } from "#domain/trust/repository.ts";
import { decides } from "#test/support/decides.ts";
import { publisher, settingsOf } from "#test/support/publisher.ts";

const history = (await publisher(settingsOf({ bins: 2 }), Date.parse("2026-11-01T12:00:00Z"))).history();
const [established, first] = history.repository;
if (established?.type !== "RepositoryEstablished" || first?.type !== "MetadataPublished") throw new Error("a repository begins with both");
const { type: _established, ...begun } = established;
const given: readonly RepositoryEvent[] = [established, first];

/** The next version of these roles, in this order. */
const next = (...roles: string[]): IssuedFile[] =>
  roles.flatMap((role) => first.files.filter((file) => file.role === role)).map((file) => withChanges(file, { version: file.version + 1 }));
const withChanges = (file: IssuedFile, changes: Partial<IssuedFile>): IssuedFile => ({ ...file, ...changes });
const record = (files: readonly IssuedFile[], covers = -1) => ({ type: "RecordPublication" as const, repository: "demo", covers, files });
const published = (files: readonly IssuedFile[], covers = -1): RepositoryEvent => ({ type: "MetadataPublished", repository: "demo", covers, files });
const establish = { type: "EstablishRepository" as const, established: begun, covers: -1, files: first.files };

const stranger = [{ keyid: "0".repeat(64), sig: "00" }];
const bin = next("bins-1", "snapshot", "timestamp");

describe("repository", () => {
  it("is established together with its first publication", () => decides(repositoryDecider, { when: establish, thenRecords: given }));
  it("is established once", () => decides(repositoryDecider, { given, when: establish, thenRefuses: "REPOSITORY_EXISTS" }));
  it("is not established by a root that its own key did not sign", () =>
    decides(repositoryDecider, { when: { ...establish, established: { ...begun, root: { ...begun.root, signatures: stranger } } }, thenRefuses: "THRESHOLD_NOT_MET" }));
  for (const { role } of first.files)
    it(`is not established without ${role}`, () =>
      decides(repositoryDecider, { when: { ...establish, files: first.files.filter((file) => file.role !== role) }, thenRefuses: "PUBLICATION_INCOMPLETE" }));

  it("records a bin with all that names it", () => decides(repositoryDecider, { given, when: record(bin, 3), thenRecords: [published(bin, 3)] }));
  it("records a renewal of the timestamp alone", () =>
    decides(repositoryDecider, { given, when: record(next("timestamp")), thenRecords: [published(next("timestamp"))] }));
  it("records no publication before it is established", () => decides(repositoryDecider, { when: record(bin), thenRefuses: "REPOSITORY_NOT_FOUND" }));
  it("refuses a version that was used", () => decides(repositoryDecider, { given: [...given, published(bin)], when: record(bin), thenRefuses: "VERSION_NOT_NEXT" }));
  it("refuses a version that skips one", () =>
    decides(repositoryDecider, { given, when: record(bin.map((file) => withChanges(file, { version: 3 }))), thenRefuses: "VERSION_NOT_NEXT" }));
  it("refuses to cover less than before", () =>
    decides(repositoryDecider, { given: [...given, published(bin, 3)], when: record(next("timestamp"), 2), thenRefuses: "COVERS_GOES_BACK" }));
  it("refuses a role that it does not have", () =>
    decides(repositoryDecider, { given, when: record([{ ...first.files[0]!, role: "bins-2" }, ...next("snapshot", "timestamp")]), thenRefuses: "ROLE_UNKNOWN" }));
  it("refuses a file that a stranger signed", () =>
    decides(repositoryDecider, { given, when: record(bin.map((file) => withChanges(file, { signatures: stranger }))), thenRefuses: "THRESHOLD_NOT_MET" }));
  it("refuses a bin without the snapshot that names it", () =>
    decides(repositoryDecider, { given, when: record(next("bins-1", "timestamp")), thenRefuses: "PUBLICATION_INCOMPLETE" }));
  it("refuses a snapshot without the timestamp that names it", () =>
    decides(repositoryDecider, { given, when: record(next("bins-1", "snapshot")), thenRefuses: "PUBLICATION_INCOMPLETE" }));
  it("refuses what names before what is named", () =>
    decides(repositoryDecider, { given, when: record(next("snapshot", "bins-1", "timestamp")), thenRefuses: "FILES_OUT_OF_ORDER" }));
  it("refuses a role twice in one publication", () =>
    decides(repositoryDecider, { given, when: record([...next("bins-1"), ...bin]), thenRefuses: "FILES_OUT_OF_ORDER" }));
});
