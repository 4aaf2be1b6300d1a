import { hash } from "node:crypto";
import { type Decider, refuse } from "#domain/kernel/decider.ts";
import { emptyMap, lookUp, type PersistentMap, withEntries } from "#domain/kernel/persistent-map.ts";
import type { Attributes, LinkClaim, LinkKey, NodeClaim, SourceEvent } from "./events.ts";
import { isRefinement, type Kind, kinds } from "./kinds.ts";

export type SourceCommand =
  | { readonly type: "RecordNodes"; readonly source: string; readonly nodes: readonly NodeClaim[] }
  | { readonly type: "RecordLinks"; readonly source: string; readonly links: readonly LinkClaim[] }
  | { readonly type: "Withdraw"; readonly source: string; readonly keys: readonly string[]; readonly links: readonly LinkKey[] };

/** A fingerprint of what a source says of a node, by its key, or of a link, by its ends and type with blanks between, which keys have none of. */
export type Known = PersistentMap<string>;

/** What one source knows of the graph: what it has already said leaves no event. */
export const sources: Decider<SourceCommand, Known, SourceEvent, "KIND_SETTLED"> = {
  initialState: emptyMap,
  decide: (command, known) => {
    const { source } = command;
    switch (command.type) {
      case "RecordNodes":
        return recordNodes(command, known);
      case "RecordLinks": {
        const news = command.links.filter((link) => lookUp(known, nameOf(link)) !== fingerprint(link.attributes));
        return inEvents(news).map((links) => ({ type: "LinksRecorded", source, links }));
      }
      case "Withdraw": {
        const links = command.links.filter((link) => lookUp(known, nameOf(link)) !== undefined).map(({ type, from, to }) => ({ type, from, to }));
        const keys = command.keys.filter((key) => lookUp(known, key) !== undefined);
        return [
          ...inEvents(links).map((some) => ({ type: "LinksWithdrawn", source, links: some }) as const),
          ...inEvents(keys).map((some) => ({ type: "NodesWithdrawn", source, keys: some }) as const),
        ];
      }
    }
  },
  evolve: (known, event) => withEntries(known, entriesOf(event)),
};

const recordNodes = ({ source, nodes }: SourceCommand & { type: "RecordNodes" }, known: Known) => {
  const news: NodeClaim[] = [];
  for (const node of nodes) {
    const before = lookUp(known, node.key);
    const settled = before === undefined ? undefined : kinds[Number.parseInt(before.charAt(0), 36)];
    // To leave out what an artifact turned out to be is not to take it back.
    const kind = settled !== undefined && isRefinement(settled) && !isRefinement(node.kind) ? settled : node.kind;
    if (settled !== undefined && isRefinement(settled) && kind !== settled)
      return refuse("KIND_SETTLED", `${node.key} is ${settled} according to ${source}, and cannot become ${kind}`, { key: node.key, kind: settled });
    if (before !== nodeFingerprint(kind, node.attributes)) news.push({ ...node, kind });
  }
  return inEvents(news).map((some) => ({ type: "NodesRecorded", source, nodes: some }) as const);
};

const entriesOf = (event: SourceEvent): (readonly [string, string | undefined])[] => {
  switch (event.type) {
    case "NodesRecorded":
      return event.nodes.map(({ key, kind, attributes }) => [key, nodeFingerprint(kind, attributes)]);
    case "LinksRecorded":
      return event.links.map((link) => [nameOf(link), fingerprint(link.attributes)]);
    case "NodesWithdrawn":
      return event.keys.map((key) => [key, undefined]);
    case "LinksWithdrawn":
      return event.links.map((link) => [nameOf(link), undefined]);
  }
};

const nameOf = ({ type, from, to }: LinkKey): string => `${from} ${type} ${to}`;

/** Its first character is the kind. */
const nodeFingerprint = (kind: Kind, attributes: Attributes): string => kinds.indexOf(kind).toString(36) + fingerprint(attributes);

const fingerprint = (attributes: Attributes): string => {
  const names = Object.keys(attributes);
  if (names.length === 0) return "";
  return hash("sha256", JSON.stringify(names.sort().map((name) => [name, attributes[name]])), "base64url").slice(0, 22);
};

/** Of JSON, in UTF-16 units, each of which may take three bytes of the 900,000 that an event may have. */
const mostCharacters = 280_000;

const inEvents = function <Item>(items: readonly Item[]): Item[][] {
  const events: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const size = JSON.stringify(item).length;
    if (room < size || events.length === 0) {
      events.push([]);
      room = mostCharacters;
    }
    room -= size;
    events.at(-1)?.push(item);
  }
  return events;
};
