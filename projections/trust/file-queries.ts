import type { Sql } from "#projections/ports/sql.ts";

/** A published metadata file. */
export interface MetadataFile {
  readonly version: number;
  /** Of the file, lower-case hex. */
  readonly sha256: string;
  readonly bytes: Buffer;
}

interface Row extends Omit<MetadataFile, "bytes"> {
  readonly content: string;
}

const asFile = (row: Row | undefined): MetadataFile | null =>
  row ? { version: row.version, sha256: row.sha256, bytes: Buffer.from(row.content) } : null;

/** One version of a role's metadata; null where it was never published. */
export const metadataVersion = async (sql: Sql, repository: string, role: string, version: number): Promise<MetadataFile | null> => {
  const [row] = await sql.query<Row>({
    name: "tuf_metadata_version",
    text: "select version, sha256, content from tuf.metadata where repository = $1 and role = $2 and version = $3",
    values: [repository, role, version],
  });
  return asFile(row);
};

/** The newest version of a role's metadata that clients can see. */
export const newestMetadata = async (sql: Sql, repository: string, role: string): Promise<MetadataFile | null> => {
  const [row] = await sql.query<Row>({
    name: "tuf_newest_metadata",
    text: "select version, sha256, content from tuf.metadata where repository = $1 and role = $2 order by version desc limit 1",
    values: [repository, role],
  });
  return asFile(row);
};

/** Was this content ever recorded under this path? Also before its publication and after its removal. */
export const isKnownTarget = async (sql: Sql, repository: string, { path, sha256 }: { path: string; sha256: string }): Promise<boolean> => {
  const rows = await sql.query({
    name: "tuf_known_target",
    text: "select 1 from tuf.targets where repository = $1 and path = $2 and sha256 = $3 limit 1",
    values: [repository, path, sha256],
  });
  return rows.length > 0;
};

/** The sha256 of a target as the published metadata has it; null where it lists none of that path. */
export const publishedTarget = async (sql: Sql, repository: string, path: string): Promise<string | null> => {
  const [row] = await sql.query<{ sha256: string }>({
    name: "tuf_published_target",
    text: `select t.sha256 from tuf.repositories r join tuf.targets t on t.repository = r.name
      where r.name = $1 and t.path = $2 and t.from_revision <= r.covers and (t.to_revision is null or t.to_revision > r.covers)`,
    values: [repository, path],
  });
  return row?.sha256 ?? null;
};
