interface Parts {
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  readonly qualifiers?: Readonly<Record<string, string>>;
  readonly subpath?: string | undefined;
}

/** A package URL of the parts, in its canonical form: https://github.com/package-url/purl-spec */
export const purl = ({ type, namespace, name, version, qualifiers = {}, subpath }: Parts): string => {
  const path = [type, ...(namespace === undefined ? [] : [encodedPath(namespace)]), encode(name)].join("/");
  const pairs = Object.entries(qualifiers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`);
  return [
    `pkg:${path}`,
    version === undefined ? "" : `@${encode(version)}`,
    pairs.length > 0 ? `?${pairs.join("&")}` : "",
    subpath === undefined ? "" : `#${encodedPath(subpath)}`,
  ].join("");
};

/** The parts of a package URL, however it spells them; null where it is none. */
export const purlParts = (text: string): Parts | null => {
  if (!/^pkg:/i.test(text)) return null;
  const found = /^pkg:\/*([a-z][a-z0-9.+-]*)\/([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i.exec(text);
  if (!found) return null;
  try {
    return partsOf(found);
  } catch {
    // A percent sign without its two digits.
    return null;
  }
};

const partsOf = ([, type = "", path = "", query = "", subpath = ""]: RegExpExecArray): Parts | null => {
  const at = path.lastIndexOf("@");
  // The @ of an npm scope is often left as it is: one before the last slash, or right behind it, begins no version.
  const versioned = at > path.lastIndexOf("/") + 1;
  const segments = (versioned ? path.slice(0, at) : path).split("/").filter((segment) => segment !== "").map(decodeURIComponent);
  const name = segments.at(-1);
  const version = versioned ? decodeURIComponent(path.slice(at + 1)) : "";
  if (name === undefined) return null;
  const qualifiers = query.split("&").flatMap((pair): [string, string][] => {
    const equals = pair.indexOf("=");
    return equals > 0 && equals < pair.length - 1 ? [[pair.slice(0, equals).toLowerCase(), decodeURIComponent(pair.slice(equals + 1))]] : [];
  });
  const below = subpath.split("/").filter((segment) => !["", ".", ".."].includes(segment)).map(decodeURIComponent);
  const spelt = spelling(type.toLowerCase());
  return {
    type: type.toLowerCase(),
    name: spelt(name),
    qualifiers: Object.fromEntries(qualifiers),
    ...(segments.length > 1 ? { namespace: spelt(segments.slice(0, -1).join("/")) } : {}),
    ...(version === "" ? {} : { version }),
    ...(below.length > 0 ? { subpath: below.join("/") } : {}),
  };
};

/** The canonical spelling of a package URL; null where it is none. */
export const canonicalPurl = (text: string): string | null => {
  const parts = purlParts(text);
  return parts && purl(parts);
};

const lowerCase = new Set(["alpm", "apk", "bitbucket", "composer", "deb", "github", "hex", "pypi"]);

// purl-types: what each ecosystem holds to be the same name.
const spelling = (type: string) => (name: string): string => {
  if (!lowerCase.has(type)) return name;
  return type === "pypi" ? name.toLowerCase().replaceAll("_", "-") : name.toLowerCase();
};

const encodedPath = (path: string): string => path.split("/").map(encode).join("/");

// Only letters, digits, . - _ ~ and the colon stay as they are (Package-URL Specification, "Character encoding").
const encode = (text: string): string =>
  /^[\w.~:-]*$/.test(text)
    ? text
    : encodeURIComponent(text).replace(/%3A|[!'()*]/g, (found) =>
        found === "%3A" ? ":" : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
      );
