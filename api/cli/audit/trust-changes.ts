import type { StoredEvent } from "#domain/kernel/event.ts";
import { trustCodec } from "#domain/trust/events.ts";

/** Something that is otherwise in a TUF repository, and the event that made it so. */
export interface TrustChange {
  readonly change: "added" | "removed" | "published" | "established";
  readonly repository: string;
  /** A target's path, or a role with its version. */
  readonly what: string;
  readonly sha256: string | null;
  readonly position: number;
  readonly event: string;
  readonly actor: string;
  readonly at: string;
}

const types = new Set(trustCodec.types);

/** What an event changes of what TUF clients may see; nothing where it is none of trust. */
export const trustChangesIn = (stored: StoredEvent): readonly TrustChange[] => {
  if (!types.has(stored.type)) return [];
  const { event, position, id, actor, at } = trustCodec.decode(stored);
  const place = { repository: event.repository, position, event: id, actor, at };
  switch (event.type) {
    case "RepositoryEstablished":
      return [{ ...place, change: "established", what: `root v${event.root.signed.version}`, sha256: null }];
    case "MetadataPublished":
      return event.files.map(({ role, version, sha256 }) => changeOf(place, "published", `${role} v${version}`, sha256));
    case "TargetsAdded":
      return event.targets.map(({ path, hashes }) => changeOf(place, "added", path, hashes.sha256));
    case "TargetsRemoved":
      return event.paths.map((path) => changeOf(place, "removed", path, null));
  }
};

type Place = Omit<TrustChange, "change" | "what" | "sha256">;

const changeOf = ({ repository, position, event, actor, at }: Place, change: TrustChange["change"], what: string, sha256: string | null): TrustChange => ({
  change, repository, what, sha256, position, event, actor, at,
});
