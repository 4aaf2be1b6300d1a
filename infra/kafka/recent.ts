import type { LoggedEvent } from "./record.ts";

/** The newest events, as many as fit: whoever follows the log, or works with a stream, mostly wants these. */
export interface Recent {
  /** Takes in what follows; a page that does not follow begins anew. */
  readonly take: (after: number, events: readonly LoggedEvent[], position: number) => void;
  /** Everything behind `after` is here, up to `position()`. */
  readonly covers: (after: number) => boolean;
  /** -1 before anything. */
  readonly position: () => number;
  readonly behind: (after: number) => Iterable<LoggedEvent>;
  readonly at: (position: number) => LoggedEvent | undefined;
  readonly last: () => LoggedEvent | undefined;
}

const mostCharacters = 32_000_000;
/** An event's envelope and what the engine needs to keep it. */
const envelope = 1000;

export const recentEvents = (): Recent => {
  let events: LoggedEvent[] = [];
  let dropped = 0;
  let [from, position, size] = [Infinity, -1, 0];

  const place = (behind: number): number => {
    let [low, high] = [dropped, events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((events[middle]?.position ?? 0) > behind) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const shrink = () => {
    for (let first = events[dropped]; first && size > mostCharacters; first = events[dropped]) {
      size -= first.json.length + envelope;
      from = first.position;
      dropped++;
    }
    if (dropped > 1000 && dropped * 2 > events.length) {
      events = events.slice(dropped);
      dropped = 0;
    }
  };
  const take: Recent["take"] = (after, page, upTo) => {
    if (after > position) [events, dropped, size, from, position] = [[], 0, 0, after, after];
    for (const event of page)
      if (event.position > position) {
        events.push(event);
        size += event.json.length + envelope;
      }
    position = Math.max(position, upTo);
    shrink();
  };
  const behind: Recent["behind"] = function* (after) {
    for (let index = place(after); index < events.length; index++) {
      const event = events[index];
      if (event) yield event;
    }
  };
  const at: Recent["at"] = (wanted) => {
    const found = events[place(wanted - 1)];
    return found?.position === wanted ? found : undefined;
  };
  return {
    take, behind, at,
    covers: (after) => after >= from,
    position: () => position,
    last: () => events.at(-1),
  };
};
