import { z } from "zod";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Announcements, Move } from "#projections/ports/announcements.ts";
import { logIdentity } from "./log-identity.ts";
import type { Redis } from "./redis.ts";

const Message = z.object({ log: z.string(), name: z.string(), generation: z.number(), position: z.number() });

/** Announcements on a channel of Redis. Of each read model the newest is told, one at a time: those in between say nothing more. */
export const announcementsOn = (redis: Redis, log: EventLog): Announcements => {
  const channel = redis.key("moved");
  const identity = logIdentity(log, async (id) => id);
  const waiting = new Map<string, Move>();
  let telling = false;

  const tellAll = async (): Promise<void> => {
    telling = true;
    while (waiting.size > 0) {
      const moves = [...waiting.values()];
      waiting.clear();
      await publish(moves).catch(() => undefined);
    }
    telling = false;
  };

  const publish = async (moves: readonly Move[]): Promise<void> => {
    const of = await identity();
    if (of === null) return;
    await redis.run((client) => Promise.all(moves.map((move) => client.publish(channel, JSON.stringify({ log: of, ...move })))));
  };

  const hear = async (message: string, heard: (move: Move) => void): Promise<void> => {
    const { log: of, ...move } = Message.parse(JSON.parse(message));
    if (of === (await identity())) heard(move);
  };

  return {
    tell: (move) => {
      waiting.set(move.name, move);
      if (!telling) void tellAll();
    },
    listen: (heard) => redis.listen(channel, (message) => void hear(message, heard).catch(() => undefined)),
  };
};
