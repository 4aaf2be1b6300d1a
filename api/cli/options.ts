/** An option as a command declares it; its help, its completion and its reading follow from this. */
export interface Option {
  /** `list`: may be given again, and hold several with commas between them. */
  readonly kind: "flag" | "text" | "integer" | "list";
  readonly help: string;
  readonly short?: string;
  /** What stands for the value in help: `FILE`. Required for all but flags. */
  readonly value?: string;
  /** For `text` and `list`: the only values. */
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

export type Options = Readonly<Record<string, Option>>;

type Value = { flag: boolean; text: string; integer: number; list: readonly string[] };

/** What was given; absent options are absent. */
export type Values<Declared extends Options> = { readonly [Name in keyof Declared]?: Value[Declared[Name]["kind"]] };

/** `--url` and the others that every command understands. */
export const globalOptions = {
  json: { kind: "flag", help: "print one JSON document (one line for each item of a stream)" },
  quiet: { kind: "flag", short: "q", help: "no progress and no remarks, only results" },
  color: { kind: "flag", help: "--no-color: no colours (as does NO_COLOR)" },
  url: { kind: "text", value: "URL", help: "the server (WAYBILL_URL, http://127.0.0.1:4000)" },
  token: { kind: "text", value: "SECRET", help: "the token (WAYBILL_TOKEN); better --token-file" },
  "token-file": { kind: "text", value: "FILE", help: "a file with the token ($WAYBILL_DATA/admin-token)" },
  help: { kind: "flag", short: "h", help: "help for the command" },
} as const satisfies Options;

export type GlobalValues = Values<typeof globalOptions>;
