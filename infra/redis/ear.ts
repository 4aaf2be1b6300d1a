import { type Address, clientOf } from "./client.ts";

/** Who listens to a channel. */
export interface Listener {
  readonly heard: (message: string) => void;
  /** The connection is there, for the first time or again: what was published before may have been lost. */
  readonly resumed?: (() => void) | undefined;
}

export interface Ear {
  /** From the next connection on at the latest; the result ends it. */
  readonly listen: (channel: string, listener: Listener) => () => void;
  readonly close: () => void;
}

interface Channel {
  readonly listeners: Set<Listener>;
  readonly tell: (message: string) => void;
}

/** One connection that receives what is published on any number of channels; opened when somebody begins to listen. */
export const openEar = (address: Address): Ear => {
  const client = clientOf(address);
  const channels = new Map<string, Channel>();
  let begun = false;

  const subscribe = async (name: string, { tell, listeners }: Channel): Promise<void> => {
    try {
      await client.subscribe(name, tell);
      for (const { resumed } of listeners) resumed?.();
    } catch {
      // The connection broke; the next one subscribes again.
    }
  };
  client.on("error", () => undefined);
  client.on("ready", () => {
    for (const [name, channel] of channels) void subscribe(name, channel);
  });

  const begin = (): void => {
    if (begun) return;
    begun = true;
    client.connect().catch(() => undefined);
  };

  const channelOf = (name: string): Channel => {
    const known = channels.get(name);
    if (known) return known;
    const listeners = new Set<Listener>();
    const tell = (message: string) => {
      for (const { heard } of listeners) heard(message);
    };
    const channel = { listeners, tell };
    channels.set(name, channel);
    return channel;
  };

  const listen: Ear["listen"] = (name, listener) => {
    const channel = channelOf(name);
    channel.listeners.add(listener);
    begin();
    if (client.isReady) void subscribe(name, channel);
    return () => {
      channel.listeners.delete(listener);
      if (channel.listeners.size > 0 || channels.get(name) !== channel) return;
      channels.delete(name);
      if (client.isReady) client.unsubscribe(name, channel.tell).catch(() => undefined);
    };
  };
  return { listen, close: () => client.destroy() };
};
