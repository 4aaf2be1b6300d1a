import { InvalidInput, type Issue } from "#domain/kernel/errors.ts";
import { Filter } from "./filter.ts";

const fields = { type: "types", stream: "streams", kind: "kinds", key: "keyPrefix" } as const;

const isField = (name: string): name is keyof typeof fields => Object.hasOwn(fields, name);

/**
 * A filter as it is written in URLs and on command lines: `type=trust.*,tasks.*;stream=trust.targets-main;key=pkg:deb/`. A field may
 * come again; a backslash takes the meaning from the `,`, `;` or `\` behind it. Empty: everything. Throws `InvalidInput`.
 */
export const parseFilter = (text: string): Filter => {
  const found: Partial<Record<(typeof fields)[keyof typeof fields], string[]>> = {};
  const issues: Issue[] = [];
  for (const part of split(text.trim(), ";").filter((one) => one.trim() !== "")) {
    const [, name = "", values = ""] = /^\s*([^=\s]*)\s*=(.*)$/s.exec(part) ?? [];
    if (isField(name)) (found[fields[name]] ??= []).push(...split(values, ",").map((value) => plain(value.trim())));
    else issues.push({ path: ["filter"], message: `${JSON.stringify(part.trim())} is not of the form type=…, stream=…, kind=… or key=…` });
  }
  const parsed = Filter.safeParse(found);
  for (const { path, message } of parsed.error?.issues ?? []) issues.push({ path: ["filter", ...path.map(part)], message });
  if (issues.length > 0 || !parsed.data) throw new InvalidInput(issues);
  return parsed.data;
};

/** The text that `parseFilter` reads as this filter. */
export const filterText = (filter: Filter): string =>
  Object.entries(fields)
    .flatMap(([name, field]) => (filter[field] ? [`${name}=${filter[field].map(escaped).join(",")}`] : []))
    .join(";");

const part = (key: PropertyKey): string | number => (typeof key === "number" ? key : String(key));

/** Split at a sign that no backslash stands before. */
const split = (text: string, sign: string): readonly string[] => {
  const parts = [""];
  for (const [token] of text.matchAll(/\\.|[^]/gs))
    if (token === sign) parts.push("");
    else parts.push((parts.pop() ?? "") + token);
  return parts;
};

const plain = (value: string): string => value.replaceAll(/\\(.)/gs, "$1");
const escaped = (value: string): string => value.replaceAll(/[\\,;]/g, String.raw`\$&`);
