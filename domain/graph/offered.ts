import { z } from "zod";
import type { Attributes } from "./events.ts";
import { keyOf, OfferedKey } from "./keys.ts";
import { isRefinement, type Kind, kinds, linkTypes } from "./kinds.ts";

// Facts as they are offered from outside. What was recorded is read by its shape alone, since these rules may grow.

/** Who claims facts; what Waybill itself concludes from other events is claimed by sources that begin with these. */
const ours = /^(index|trust):/;

export const Source = z
  .string()
  .regex(/^[a-z][a-z0-9._:/@+-]{0,126}$/, "must start with a-z and hold a-z 0-9 . _ : / @ + - only, at most 127")
  .refine((source) => !ours.test(source), "must not begin with index: or trust:, which are Waybill's own");

export const Environment = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "must hold a-z 0-9 . _ - only, at most 63");
export const Service = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, "must hold letters, digits and . _ - only, at most 128");

const mostAttributes = 64;
const mostBytes = 4096;

// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

const Text = z
  .string()
  .refine((text) => !control.test(text), "must not contain control characters")
  .refine((text) => text.isWellFormed(), "must be well-formed Unicode");

const OfferedValue = z.union([Text, z.number(), z.boolean(), z.array(Text)], "must be a string, a number, a boolean or a list of strings");

const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9._:/-]{0,63}$/, "must start with a letter and hold letters, digits and . _ : / - only, at most 64");

export const OfferedAttributes = z.record(Name, OfferedValue).superRefine((attributes, context) => {
  if (Object.keys(attributes).length > mostAttributes) context.addIssue({ code: "custom", message: `must have at most ${mostAttributes} attributes` });
  if (bytesOf(attributes) > mostBytes) context.addIssue({ code: "custom", message: `must have at most ${mostBytes} bytes as JSON` });
});

const bytesOf = (attributes: Attributes): number => new TextEncoder().encode(JSON.stringify(attributes)).length;

/** A node; an artifact may be said to be an image, an SBOM or an attestation, nothing else is to be said of kinds. */
export const OfferedNode = z
  .object({ key: OfferedKey, kind: z.enum(kinds).nullish(), attributes: OfferedAttributes.nullish() })
  .transform(({ key, kind, attributes }, context) => {
    const own = keyOf(key)?.kind ?? "artifact";
    if (typeof kind === "string" && kind !== own && !(own === "artifact" && isRefinement(kind)))
      context.addIssue({ code: "custom", path: ["kind"], message: `must be ${own}${own === "artifact" ? ", image, sbom or attestation" : ""}: the key says so` });
    return { key, kind: kind ?? own, attributes: attributes ?? {} };
  });

export const OfferedLinkKey = z.object({ type: z.enum(linkTypes), from: OfferedKey, to: OfferedKey });

const selfless = ({ from, to }: { readonly from: string; readonly to: string }) => from !== to;
const recordable = ({ type }: { readonly type: string }) => type !== "deployed-to";

export const OfferedLink = OfferedLinkKey.extend({ attributes: OfferedAttributes.nullish() })
  .refine(selfless, { path: ["to"], message: "must be another node than from" })
  .refine(recordable, { path: ["type"], message: "deployed-to comes of recordDeployment alone" })
  .transform(({ attributes, ...link }) => ({ ...link, attributes: attributes ?? {} }));

const deployable: ReadonlySet<Kind> = new Set(["artifact", "image", "version", "source"]);

/** What a service may run. */
export const Deployable = OfferedKey.refine((key) => {
  const kind = keyOf(key)?.kind;
  return kind !== undefined && deployable.has(kind);
}, "must be an artifact (sha256:…), an image, a version or a source");
