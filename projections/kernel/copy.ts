/** One row of COPY's text format (PostgreSQL 18, COPY, Text Format), with its line's end. */
export const copyRow = (values: readonly (string | number | null)[]): string => `${values.map(field).join("\t")}\n`;

const field = (value: string | number | null): string => {
  if (value === null) return "\\N";
  if (typeof value === "number") return String(value);
  return special.test(value) ? value.replace(everySpecial, escaped) : value;
};

// PostgreSQL's text holds no NUL. An event from outside with one in a free text must not stop a read model.
// oxlint-disable-next-line no-control-regex
const special = /[\\\n\r\t\u0000]/;
// oxlint-disable-next-line no-control-regex
const everySpecial = /[\\\n\r\t\u0000]/g;

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\ufffd" };
const escaped = (character: string): string => escapes[character] ?? character;
