import { hash } from "node:crypto";
import { repositoryCodec } from "#domain/trust/events.ts";
import { fileBytes } from "#domain/trust/metadata.ts";
import { rootPart } from "#domain/trust/root.ts";
import type { LogLeaf } from "#api/cli/audit/log-leaves.ts";

/** A metadata file as the log says that it is. */
export interface PublishedFile {
  readonly repository: string;
  readonly role: string;
  readonly version: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly length: number;
  /** Of the event that published it. */
  readonly position: number;
  readonly event: string;
}

export interface PublishedFiles {
  /** Told of each event of the log in passing. */
  readonly see: (leaf: LogLeaf) => void;
  /** Every version of every role. */
  readonly all: () => readonly PublishedFile[];
  /** Events that are none of their type. */
  readonly malformed: () => readonly Pick<LogLeaf, "position" | "id">[];
}

const types = new Set(repositoryCodec.types);

/** Collects the metadata files that the log's events made. */
export const publishedFiles = (): PublishedFiles => {
  const files: PublishedFile[] = [];
  const malformed: Pick<LogLeaf, "position" | "id">[] = [];
  const see = ({ type, event: stored, position, id }: LogLeaf): void => {
    if (!types.has(type) || !stored) return;
    try {
      const { event } = repositoryCodec.decode(stored);
      const place = { repository: event.repository, position, event: id };
      if (event.type === "MetadataPublished") files.push(...event.files.map(({ role, version, sha256, length }) => ({ ...place, role, version, sha256, length })));
      else {
        const bytes = fileBytes(rootPart(event.root.signed), event.root.signatures);
        files.push({ ...place, role: "root", version: event.root.signed.version, sha256: hash("sha256", bytes), length: bytes.length });
      }
    } catch {
      malformed.push({ position, id });
    }
  };
  return { see, all: () => files, malformed: () => malformed };
};
