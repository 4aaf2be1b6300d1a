import type { Settings } from "#domain/trust/events.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import { rowsOf, type Stretch } from "#projections/kernel/keyset.ts";
import type { Sql } from "#projections/ports/sql.ts";

/** A repository as clients can see it and as it stands; timestamps are ISO 8601. */
export interface RepositoryRow {
  readonly name: string;
  readonly settings: Settings;
  /** Last revision of the targets stream; -1 before the first. */
  readonly targetsRevision: number;
  /** The revision of it that the published metadata covers. */
  readonly covers: number;
  readonly establishedAt: string;
  readonly publishedAt: string | null;
}

const repositoryColumns = `select name, settings, targets_revision as "targetsRevision", covers,
  established_at as "establishedAt", published_at as "publishedAt" from tuf.repositories`;

export const repositoryByName = async (sql: Sql, name: string): Promise<RepositoryRow | null> => {
  const [row] = await sql.query<RepositoryRow>({
    name: "tuf.repository",
    text: `${repositoryColumns} where name = $1`,
    values: [name],
  });
  return row ?? null;
};

export const repositoriesPage = (sql: Sql, stretch: Stretch) =>
  rowsOf<RepositoryRow>(sql, { name: "tuf.repositories", select: repositoryColumns, where: [], values: [], key: ["name"] }, stretch);

/** Of every repository, for those who look after all of them. */
export const repositoryNames = async (sql: Sql): Promise<readonly string[]> => {
  const rows = await sql.query<{ name: string }>({ name: "tuf.repository_names", text: "select name from tuf.repositories order by name" });
  return rows.map(({ name }) => name);
};

export interface RoleRow {
  readonly role: string;
  readonly version: number;
  readonly expires: string;
}

/** The present version of each role, by name. */
export const rolesOf = (sql: Sql, repository: string) =>
  sql.query<RoleRow>({
    name: "tuf.roles",
    text: "select role, version, expires from tuf.roles where repository = $1 order by role",
    values: [repository],
  });

/** How many targets a repository has, those included that clients cannot see yet. */
export const targetCount = async (sql: Sql, repository: string): Promise<number> => {
  const [row] = await sql.query<{ count: number }>({
    name: "tuf.target_count",
    text: "select count(*)::int as count from tuf.targets where repository = $1 and to_revision is null",
    values: [repository],
  });
  return row?.count ?? 0;
};

export interface TargetRow {
  readonly repository: string;
  readonly path: string;
  readonly length: number;
  readonly sha256: string;
  readonly custom: JsonObject | null;
  readonly bin: number;
  /** Clients can see it. */
  readonly published: boolean;
  readonly at: string;
}

const targetColumns = `select t.repository, t.path, t.length, t.sha256, t.custom, t.bin, t.from_revision <= r.covers as published, t.at
  from tuf.targets t join tuf.repositories r on r.name = t.repository`;

export const targetByPath = async (sql: Sql, repository: string, path: string): Promise<TargetRow | null> => {
  const [row] = await sql.query<TargetRow>({
    name: "tuf.target",
    text: `${targetColumns} where t.repository = $1 and t.path = $2 and t.to_revision is null`,
    values: [repository, path],
  });
  return row ?? null;
};

/** Present targets by path (in the order of its UTF-8 bytes), those that begin with `prefix`. */
export const targetsPage = (sql: Sql, { repository, prefix }: { repository: string; prefix: string }, stretch: Stretch) => {
  const where = ["t.repository = $1", "t.to_revision is null"];
  const all = { name: "tuf.targets", select: targetColumns, where, values: [repository], key: ["t.path"] };
  if (prefix === "") return rowsOf<TargetRow>(sql, all, stretch);
  // The bounds keep the walk over the index short; U+10FFFF sorts behind everything that begins with the prefix.
  const begins = ["t.path >= $2", "t.path < $2 || chr(1114111) || chr(1114111)", "starts_with(t.path, $2)"];
  return rowsOf<TargetRow>(
    sql,
    { ...all, name: "tuf.targets_prefix", where: [...where, ...begins], values: [repository, prefix] },
    stretch,
  );
};

export interface MetadataRow {
  readonly repository: string;
  readonly role: string;
  readonly version: number;
  readonly expires: string;
  readonly length: number;
  readonly sha256: string;
  readonly at: string;
  /** Position of the publication. */
  readonly position: number;
}

const metadataColumns = "select repository, role, version, expires, length, sha256, at, position from tuf.metadata";

/** Every version of every role (or of one), newest first. */
export const metadataPage = (sql: Sql, { repository, role }: { repository: string; role: string | null }, stretch: Stretch) =>
  rowsOf<MetadataRow>(
    sql,
    role === null
      ? {
          name: "tuf.metadata",
          select: metadataColumns,
          where: ["repository = $1"],
          values: [repository],
          key: ["position", "role", "version"],
          descending: true,
        }
      : {
          name: "tuf.metadata_role",
          select: metadataColumns,
          where: ["repository = $1", "role = $2"],
          values: [repository, role],
          key: ["version"],
          descending: true,
        },
    stretch,
  );

type MetadataKey = Pick<MetadataRow, "repository" | "role" | "version">;

export const metadataByVersion = async (sql: Sql, { repository, role, version }: MetadataKey): Promise<MetadataRow | null> => {
  const [row] = await sql.query<MetadataRow>({
    name: "tuf.metadata_version",
    text: `${metadataColumns} where repository = $1 and role = $2 and version = $3`,
    values: [repository, role, version],
  });
  return row ?? null;
};

/** The file itself: its bytes are this text's UTF-8. */
export const metadataContent = async (sql: Sql, { repository, role, version }: MetadataKey): Promise<string | null> => {
  const [row] = await sql.query<{ content: string }>({
    name: "tuf.metadata_content",
    text: "select content from tuf.metadata where repository = $1 and role = $2 and version = $3",
    values: [repository, role, version],
  });
  return row?.content ?? null;
};
