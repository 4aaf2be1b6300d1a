import { z } from "zod";

// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f]/;

/** A name, a path, a key to look for: one line. Whether there is such a thing is another question. */
export const Line = (max: number) =>
  z
    .string()
    .min(1, "must not be empty")
    .max(max, `must have at most ${max} characters`)
    .refine((text) => !control.test(text), "must not contain control characters")
    .refine((text) => text.isWellFormed(), "must be well-formed Unicode");

/** Words of a person, perhaps on several lines. */
export const Words = (max: number) =>
  z
    .string()
    .max(max, `must have at most ${max} characters`)
    .refine((text) => !control.test(text.replaceAll(/[\t\r\n]/g, " ")), "must not contain control characters")
    .refine((text) => text.isWellFormed(), "must be well-formed Unicode");

/** What every mutation's input has beside its own fields. */
export const asked = {
  reason: Words(1000).nullish(),
  idempotencyKey: Line(200).nullish(),
};
