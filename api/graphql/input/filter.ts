import { z } from "zod";
import { filterOf } from "#api/feeds/feed.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";

/** A filter in its text form; every problem is told with its path. */
export const FilterText = z
  .string()
  .max(20_000)
  .superRefine((text, context) => {
    try {
      filterOf(text);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      for (const { path, message } of error.issues) context.addIssue({ code: "custom", message, path: path.slice(1) });
    }
  });
