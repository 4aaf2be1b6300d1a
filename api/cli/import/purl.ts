/** A package URL of the parts, in its canonical form: https://github.com/package-url/purl-spec */
export const purl = (parts: {
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version: string;
  readonly qualifiers?: Readonly<Record<string, string>>;
}): string => {
  const path = [parts.type, ...(parts.namespace === undefined ? [] : [encode(parts.namespace)]), encode(parts.name)].join("/");
  const qualifiers = Object.entries(parts.qualifiers ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`);
  return `pkg:${path}@${encode(parts.version)}${qualifiers.length > 0 ? `?${qualifiers.join("&")}` : ""}`;
};

// Only letters, digits, . - _ ~ and the colon stay as they are (Package-URL Specification, "Character encoding").
const encode = (text: string): string =>
  /^[\w.~:-]*$/.test(text)
    ? text
    : encodeURIComponent(text).replace(/%3A|[!'()*]/g, (found) =>
        found === "%3A" ? ":" : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
      );
