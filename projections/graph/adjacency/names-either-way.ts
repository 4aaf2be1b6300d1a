import type { Names } from "#projections/graph/names.ts";
import { keyOf, numberOf } from "./keys.ts";
import type { Live } from "./live.ts";

/** From memory where they are there; what is not may be newer, and only the tables can tell that nobody has such a key. */
export const namesEitherWay = (live: Pick<Live, "now">, tables: Names): Names => ({
  numberOf: async (key) => {
    const keys = live.now()?.keys;
    return (keys && numberOf(keys, key)) ?? tables.numberOf(key);
  },
  keyAtHand: (number) => {
    const keys = live.now()?.keys;
    return keys && keyOf(keys, number);
  },
});
