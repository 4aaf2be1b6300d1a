import type { z } from "zod";
import type { Recorded } from "#domain/kernel/event.ts";
import type { IssuedFile, MetadataPublished, RepositoryEstablished, Settings } from "#domain/trust/events.ts";
import { type Contents, fileBytes, issuedFile, publishedBytes } from "#domain/trust/metadata.ts";
import { rootPart } from "#domain/trust/root.ts";
import type { BinKey } from "#domain/trust/bins.ts";
import { copyRow } from "#projections/kernel/copy.ts";
import type { Sql, WritableSql } from "#projections/ports/sql.ts";
import { targetsInBins } from "./bin-targets.ts";

type Established = Recorded<z.infer<typeof RepositoryEstablished>>;
type Published = Recorded<z.infer<typeof MetadataPublished>>;

interface MetadataFile {
  readonly file: IssuedFile;
  readonly bytes: Buffer;
}

/** How many bins are derived and written at a time: bounds the memory of a large publication. */
const binsAtATime = 32;

/** A repository's row and its first root. */
export const writeRepository = async (sql: WritableSql, { event, position, at }: Established): Promise<void> => {
  const { repository, settings, root, binKey } = event;
  await sql.query({
    name: "tuf_repository",
    text: `insert into repositories (name, settings, root, bin_key, established_at, position) values ($1, $2, $3, $4, $5, $6)`,
    values: [repository, JSON.stringify(settings), JSON.stringify(root), JSON.stringify(binKey), at, position],
  });
  const bytes = fileBytes(rootPart(root.signed), root.signatures);
  const file = issuedFile({ role: "root", version: root.signed.version, expires: root.signed.expires }, bytes, root.signatures);
  await writeFiles(sql, repository, [{ file, bytes }], { position, at });
  await writeRoles(sql, repository, [file]);
};

/** Derives every file of a publication from the log's events and refuses a byte that differs from what was signed. */
export const writePublication = async (sql: WritableSql, recorded: Published): Promise<void> => {
  const { repository, covers, files } = recorded.event;
  const { settings, bin_key: binKey } = await repositoryRow(sql, repository);
  const present = await sql.query<{ role: string; version: number }>({
    name: "tuf_roles",
    text: "select role, version from roles where repository = $1",
    values: [repository],
  });
  const versions = new Map([...present, ...files].map(({ role, version }) => [role, version]));
  const contents = { settings, binKey, versions, snapshot: files.find(({ role }) => role === "snapshot") ?? (await presentSnapshot(sql, repository)) };
  const isBin = ({ role }: IssuedFile) => role.startsWith(`${settings.binPrefix}-`);

  await writeBins(sql, recorded, contents, files.filter(isBin));
  const none = { ...contents, targets: () => "" };
  const others = files.filter((file) => !isBin(file)).map((file) => ({ file, bytes: publishedBytes(file, none) }));
  await writeFiles(sql, repository, others, recorded);
  await writeRoles(sql, repository, files);
  await sql.query({
    name: "tuf_published",
    text: "update repositories set covers = $2, published_at = $3, position = $4 where name = $1",
    values: [repository, covers, recorded.at, recorded.position],
  });
};

/** What a timestamp names that is renewed alone; null where nothing was published yet. */
const presentSnapshot = async (sql: Sql, repository: string): Promise<Contents["snapshot"]> => {
  const [row] = await sql.query<NonNullable<Contents["snapshot"]>>({
    name: "tuf_present_snapshot",
    text: "select version, length, sha256 from metadata where repository = $1 and role = 'snapshot' order by version desc limit 1",
    values: [repository],
  });
  return row ?? null;
};

/** Portion by portion: while the bytes of one are derived, the server gathers the next. */
const writeBins = async (sql: WritableSql, recorded: Published, contents: Omit<Contents, "targets">, bins: readonly IssuedFile[]): Promise<void> => {
  const { repository, covers } = recorded.event;
  const indexOf = (role: string) => Number.parseInt(role.slice(contents.settings.binPrefix.length + 1), 16);
  const gather = (start: number) => {
    const portion = bins.slice(start, start + binsAtATime);
    const targets = targetsInBins(sql, "", { repository, bins: portion.map(({ role }) => indexOf(role)), revision: covers });
    // Whoever awaits it meets the fault; until then it is nobody's.
    targets.catch(() => undefined);
    return { portion, targets };
  };
  let next = gather(0);
  for (let start = 0; start < bins.length; start += binsAtATime) {
    const { portion, targets } = next;
    const listed = await targets;
    if (start + binsAtATime < bins.length) next = gather(start + binsAtATime);
    const given = { ...contents, targets: (role: string) => listed.get(indexOf(role)) ?? "" };
    await writeFiles(sql, repository, portion.map((file) => ({ file, bytes: publishedBytes(file, given) })), recorded);
  }
};

const repositoryRow = async (sql: Sql, name: string): Promise<{ settings: Settings; bin_key: BinKey }> => {
  const [row] = await sql.query<{ settings: Settings; bin_key: BinKey }>({
    name: "tuf_settings",
    text: "select settings, bin_key from repositories where name = $1",
    values: [name],
  });
  if (!row) throw new Error(`repository ${name} published before it was established`);
  return row;
};

const writeFiles = (sql: WritableSql, repository: string, files: readonly MetadataFile[], { position, at }: { position: number; at: string }) =>
  sql.copy(
    "metadata (repository, role, version, expires, length, sha256, content, position, at)",
    files.map(({ file, bytes }) => copyRow([repository, file.role, file.version, file.expires, file.length, file.sha256, bytes.toString(), position, at])),
  );

const writeRoles = (sql: Sql, repository: string, files: readonly IssuedFile[]) =>
  sql.query({
    name: "tuf_write_roles",
    text: `insert into roles (repository, role, version, expires)
      select $1, role, version, expires from unnest($2::text[], $3::int[], $4::timestamptz[]) as file (role, version, expires)
      on conflict (repository, role) do update set version = excluded.version, expires = excluded.expires`,
    values: [repository, files.map(({ role }) => role), files.map(({ version }) => version), files.map(({ expires }) => expires)],
  });
