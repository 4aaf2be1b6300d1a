import { z } from "zod";

interface Bounds<Item> {
  readonly max: number;
  /** What no two items may have in common, and the field that it is in. */
  readonly unique?: { readonly field: string | null; readonly of: (item: Item) => unknown };
}

/** More issues than that are not worth their memory. */
const most = 1000;

/**
 * A list of 1 to `max` items, each looked at only where there are no more than that. Tells the items' own problems and the
 * duplicates among them in one go, with both indexes.
 */
export const listOf = <Item extends z.ZodType>(item: Item, { max, unique }: Bounds<unknown>) => {
  const items = z.array(item);
  return z
    .array(z.unknown())
    .min(1, "must not be empty")
    .max(max, `must have at most ${max} items; send the rest in further commands`)
    .pipe(
      z.transform((values: unknown[], context) => {
        const parsed = items.safeParse(values);
        const issues = [...(parsed.error?.issues ?? []).slice(0, most), ...(unique ? duplicates(values, unique) : [])];
        for (const { message, path } of issues) context.issues.push({ code: "custom", message, path, input: values });
        return parsed.data ?? z.NEVER;
      }),
    );
};

const duplicates = function* (values: readonly unknown[], { field, of }: NonNullable<Bounds<unknown>["unique"]>) {
  const first = new Map<unknown, number>();
  for (const [index, value] of values.entries()) {
    const key = of(value);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    else if (typeof key === "string")
      yield { path: field === null ? [index] : [index, field], message: `is given twice, at ${earlier} and at ${index}` };
  }
};
