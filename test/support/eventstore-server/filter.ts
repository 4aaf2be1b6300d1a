import type { streams } from "./definitions.ts";
import type { StoredRecord } from "./record.ts";

export interface Filter {
  readonly passes: (record: StoredRecord) => boolean;
  /** After so many events that were looked at comes a checkpoint. */
  readonly checkpointEvery: number;
}

const defaultWindow = 32;

/** A filter of a subscription, on stream names or on event types, by prefixes or by a regular expression. */
export const filterOf = (options: streams.ReadReq.Options.FilterOptions | undefined): Filter => {
  if (!options) return { passes: () => true, checkpointEvery: Infinity };
  const onStream = options.getStreamIdentifier();
  const expression = onStream ?? options.getEventType();
  const regex = expression?.getRegex() ? new RegExp(expression.getRegex(), "u") : undefined;
  const prefixes = expression?.getPrefixList() ?? [];
  const matches = (text: string) => regex?.test(text) ?? prefixes.some((prefix) => text.startsWith(prefix));
  return {
    passes: (record) => matches(onStream ? record.stream : record.type),
    checkpointEvery: options.getCheckpointintervalmultiplier() * (options.hasMax() ? options.getMax() : defaultWindow),
  };
};
