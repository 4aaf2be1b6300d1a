import { z } from "zod";
import { InvalidInput } from "#domain/kernel/errors.ts";
import type { Key } from "#projections/kernel/keyset.ts";

/** Between the key of a row and an opaque string that only the same connection takes back. */
export interface Cursor {
  readonly encode: (key: Key) => string;
  /** Throws `InvalidInput` at `argument`. */
  readonly decode: (cursor: string, argument: string) => Key;
}

export const cursor = (connection: string, key: z.ZodType<Key>): Cursor => {
  const decode = (text: string): unknown => {
    try {
      const [of, ...parts] = z.array(z.unknown()).parse(JSON.parse(Buffer.from(text, "base64url").toString()));
      return of === connection ? parts : null;
    } catch {
      return null;
    }
  };
  return {
    encode: (parts) => Buffer.from(JSON.stringify([connection, ...parts])).toString("base64url"),
    decode: (text, argument) => {
      const parsed = key.safeParse(decode(text));
      if (parsed.success) return parsed.data;
      throw new InvalidInput([{ path: [argument], message: "is no cursor of this connection" }]);
    },
  };
};

/** A piece of text in a key. */
export const KeyText = z.string().max(4096).refine((text) => !text.includes("\0"));
/** A moment in a key, as the read models write it. */
export const KeyTime = z.iso.datetime();
export const KeyNumber = z.int().min(0);
