import { kindOf } from "#domain/graph/keys.ts";
import { isRefinement, type Kind } from "#domain/graph/kinds.ts";
import { claimName, endsName, linkName, type Present, type PresentClaim, type PresentDeployment, type PresentLink, type PresentNode, type PresentValue } from "./present.ts";

/** A row that has ended: in the tables, where it was stored; or it was never seen there, and comes in whole. */
interface Ended<Row> {
  readonly row: Row;
  readonly to: number;
}

export interface Value extends PresentValue {
  readonly node: number;
  readonly source: string;
  readonly name: string;
}

/** What a chunk of events changes beside what is present at its end. */
export interface Changes {
  readonly spansEnded: Ended<{ readonly node: number; readonly from: number | null }>[];
  readonly claimsEnded: Ended<PresentClaim>[];
  readonly valuesEnded: Ended<Value>[];
  readonly linksEnded: Ended<PresentLink>[];
  readonly deploymentsEnded: Ended<PresentDeployment>[];
  /** Where the targets are that are new or gone: by name of `present.targets`. */
  readonly targets: Map<string, { readonly repository: string; readonly path: string; readonly position: number; readonly place: number }>;
}

export const noChanges = (): Changes => ({
  spansEnded: [],
  claimsEnded: [],
  valuesEnded: [],
  linksEnded: [],
  deploymentsEnded: [],
  targets: new Map(),
});

/** Changes what is present at one position of the log, and notes what that ends. */
export interface Step {
  readonly position: number;
  node(key: string): PresentNode;
  known(key: string): PresentNode | undefined;
  claim(key: string, claim: { readonly source: string; readonly kind: Kind; readonly values: ReadonlyMap<string, string> }): void;
  withdraw(key: string, source: string): void;
  link(link: Pick<PresentLink, "from" | "to" | "type" | "source" | "attributes">): void;
  unlink(link: Pick<PresentLink, "from" | "to" | "type" | "source">): void;
  /** The event is over: nodes that something holds begin to exist, others end. */
  end(): void;
}

export const stepAt = (present: Present, changes: Changes, position: number): Step => {
  const heldBefore = new Map<PresentNode, number>();
  const hold = (node: PresentNode | undefined, by: 1 | -1) => {
    if (!node) throw new Error("a claim or a link is of a node that is not there");
    if (!heldBefore.has(node)) heldBefore.set(node, node.held);
    node.held += by;
    node.changed = true;
  };

  const node = (key: string): PresentNode => {
    const found = present.nodes.get(key);
    if (found) return found;
    const fresh: PresentNode = { number: present.next++, key, refined: null, refinedPosition: null, held: 0, spanFrom: null, isNew: true, changed: true };
    present.nodes.set(key, fresh);
    present.byNumber.set(fresh.number, fresh);
    return fresh;
  };

  const ended = <Row extends { readonly stored: boolean }>(list: Ended<Row>[], row: Row, begun: number) => {
    // What begins and ends at the same position was never there.
    if (row.stored || begun < position) list.push({ row, to: position });
  };

  const claim: Step["claim"] = (key, { source, kind, values }) => {
    const of = node(key);
    refine(of, kind, position);
    const name = claimName(of.number, source);
    let before = present.claims.get(name);
    if (!before) hold(of, 1);
    if (before?.kind !== kind) {
      const valuesBefore = before?.values ?? new Map<string, PresentValue>();
      if (before) ended(changes.claimsEnded, before, before.from);
      before = { node: of.number, source, kind, since: before?.since ?? position, from: position, stored: false, values: valuesBefore };
      present.claims.set(name, before);
    }
    for (const [attribute, value] of before.values) if (values.get(attribute) !== value.json) endValue(before, attribute, value);
    for (const [attribute, json] of values) if (!before.values.has(attribute)) before.values.set(attribute, { json, from: position, stored: false });
  };

  const endValue = ({ node: number, source, values }: PresentClaim, name: string, value: PresentValue) => {
    ended(changes.valuesEnded, { node: number, source, name, ...value }, value.from);
    values.delete(name);
  };

  const withdraw: Step["withdraw"] = (key, source) => {
    const of = present.nodes.get(key);
    const before = of && present.claims.get(claimName(of.number, source));
    if (!before) return;
    for (const [name, value] of before.values) endValue(before, name, value);
    ended(changes.claimsEnded, before, before.from);
    present.claims.delete(claimName(of.number, source));
    hold(of, -1);
  };

  const link: Step["link"] = (wanted) => {
    const name = linkName(wanted);
    const before = present.links.get(name);
    if (before?.attributes === wanted.attributes) return;
    if (before) ended(changes.linksEnded, before, before.begun);
    else for (const end of [wanted.from, wanted.to]) hold(present.byNumber.get(end), 1);
    present.links.set(name, { ...wanted, since: before?.since ?? position, begun: position, stored: false });
    present.ends.get(endsName(wanted.from, wanted.type, wanted.source))?.add(wanted.to);
  };

  const unlink: Step["unlink"] = (wanted) => {
    const name = linkName(wanted);
    const before = present.links.get(name);
    if (!before) return;
    ended(changes.linksEnded, before, before.begun);
    present.links.delete(name);
    present.ends.get(endsName(wanted.from, wanted.type, wanted.source))?.delete(wanted.to);
    for (const end of [wanted.from, wanted.to]) hold(present.byNumber.get(end), -1);
  };

  const end = () => {
    for (const [one, before] of heldBefore) {
      if (before === 0 && one.held > 0) one.spanFrom = position;
      else if (before > 0 && one.held === 0) {
        changes.spansEnded.push({ row: { node: one.number, from: one.spanFrom }, to: position });
        one.spanFrom = null;
      }
    }
  };

  return { position, node, known: (key) => present.nodes.get(key), claim, withdraw, link, unlink, end };
};

const refine = (node: PresentNode, kind: Kind, position: number): void => {
  if (node.refined !== null || !isRefinement(kind) || kindOf(node.key) !== "artifact") return;
  node.refined = kind;
  node.refinedPosition = position;
  node.changed = true;
};
