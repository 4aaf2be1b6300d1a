import { hash } from "node:crypto";
import type { Indexed, IndexedPage } from "./log-index.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** 16 bytes for any command: the digest where its id is no UUID. */
export const keyOf = (commandId: string): string => (uuid.test(commandId) ? commandId : hash("sha256", `command ${commandId}`).slice(0, 32));

interface CommandPart {
  readonly nth: number;
  revision: number;
  size: number;
}

/** A page as the parameters of `extend`, from the fourth on. */
export const columnsOf = ({ events }: IndexedPage): unknown[][] => {
  const streams = new Map<string, { readonly nth: number; revision: number }>();
  const commands = new Map<string, CommandPart>();
  const nths = events.map(({ stream, revision, commandId }) => {
    const place = streams.get(stream) ?? { nth: streams.size + 1, revision };
    place.revision = revision;
    streams.set(stream, place);
    const part = commands.get(commandId);
    if (!part) commands.set(commandId, { nth: place.nth, revision, size: 1 });
    else if (part.nth === place.nth && part.revision === revision - 1) {
      part.revision = revision;
      part.size++;
    }
    return place.nth;
  });
  const parts = [...commands.values()];
  return [
    [...streams.keys()], [...streams.values()].map(({ revision }) => revision),
    nths, ...columnsOfEvents(events),
    [...commands.keys()].map(keyOf), parts.map(({ nth }) => nth), parts.map(({ revision }) => revision), parts.map(({ size }) => size),
  ];
};

const columnsOfEvents = (events: readonly Indexed[]): unknown[][] => [
  events.map(({ revision }) => revision),
  events.map(({ position }) => position),
  events.map(({ id }) => id),
];
