import { shared, streams } from "./client.ts";
import { identifierOf } from "./wire.ts";

const { Options } = streams.ReadReq;
const { BACKWARDS, FORWARDS } = Options.ReadDirection;

const readRequest = (options: streams.ReadReq.Options): streams.ReadReq =>
  new streams.ReadReq().setOptions(options.setUuidOption(new Options.UUIDOption().setString(new shared.Empty())).setResolveLinks(false));

/** One stream from a revision on. */
export const ofStream = (stream: string, from: number, count: number): streams.ReadReq =>
  readRequest(
    new Options()
      .setStream(new Options.StreamOptions().setStreamIdentifier(identifierOf(stream)).setRevision(String(from)))
      .setReadDirection(FORWARDS)
      .setCount(String(count))
      .setNoFilter(new shared.Empty()),
  );

/** The last event of a stream. */
export const endOfStream = (stream: string): streams.ReadReq =>
  readRequest(
    new Options()
      .setStream(new Options.StreamOptions().setStreamIdentifier(identifierOf(stream)).setEnd(new shared.Empty()))
      .setReadDirection(BACKWARDS)
      .setCount("1")
      .setNoFilter(new shared.Empty()),
  );

/** Everything, the last one first. */
export const backwards = (count: number): streams.ReadReq =>
  readRequest(
    new Options()
      .setAll(new Options.AllOptions().setEnd(new shared.Empty()))
      .setReadDirection(BACKWARDS)
      .setCount(String(count))
      .setNoFilter(new shared.Empty()),
  );

/** Which events the server sends. It can filter by one thing only. */
export interface Filter {
  readonly on: "stream" | "type";
  readonly regex: string;
  /** Events that are looked at from one checkpoint to the next. */
  readonly window: number;
}

/** Everything behind a position of ours, and what comes. */
export const behind = (after: number, filter: Filter): streams.ReadReq => {
  const all = new Options.AllOptions();
  const place = String(after - 1);
  if (after === 0) all.setStart(new shared.Empty());
  else all.setPosition(new Options.Position().setCommitPosition(place).setPreparePosition(place));
  const expression = new Options.FilterOptions.Expression().setRegex(filter.regex);
  const filters = new Options.FilterOptions().setMax(filter.window).setCheckpointintervalmultiplier(1);
  if (filter.on === "stream") filters.setStreamIdentifier(expression);
  else filters.setEventType(expression);
  return readRequest(new Options().setAll(all).setReadDirection(FORWARDS).setSubscription(new Options.SubscriptionOptions()).setFilter(filters));
};

/** Names that begin with `$` are the server's own. */
export const notTheServers = "^[^$]";

export const exactly = (names: readonly string[]): string => `^(${names.map(escaped).join("|")})$`;

export const escaped = (name: string): string => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
