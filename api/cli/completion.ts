import { type Catalog, entriesOf } from "./catalog.ts";
import { command, type Command } from "./command.ts";
import { exitCodes, usageError } from "./exit.ts";
import { globalOptions, type Options } from "./options.ts";

export const completion = command(
  {
    name: "completion",
    summary: "a completion script for bash, zsh or fish",
    operands: ["bash|zsh|fish"],
    details: [
      "bash: source <(waybill completion bash)",
      'zsh:  waybill completion zsh > "${fpath[1]}/_waybill"',
      "fish: waybill completion fish > ~/.config/fish/completions/waybill.fish",
    ],
    options: {},
    examples: [["completion bash", "print the script"]],
  },
  async ({ output, catalog }, { operands: [shell = ""] }) => {
    const script = scripts.get(shell);
    if (!script) throw usageError(`there is no completion for ${JSON.stringify(shell)}`, "one of: bash, zsh, fish");
    for (const line of script(await words(catalog))) await output.line(line);
    return exitCodes.ok;
  },
);

interface Word {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Spelled[];
  /** Words that can be operands. */
  readonly operands: readonly string[];
}

interface Spelled {
  readonly long: string;
  readonly help: string;
  readonly takesValue: boolean;
  readonly values: readonly string[];
}

const words = async (catalog: Catalog): Promise<Word[]> => {
  const commands = await Promise.all(entriesOf(catalog).map(({ load }) => load()));
  return commands.map((one) => ({
    name: one.name,
    summary: one.summary,
    options: spelled({ ...one.options, ...globalOptions }),
    operands: operandsOf(one, commands),
  }));
};

const operandsOf = ({ name, operands }: Command, all: readonly Command[]): string[] => {
  if (name === "help") return [...all.map((one) => one.name), "exit-codes", "environment"];
  return operands.flatMap((operand) => (/^[a-z|-]+$/.test(operand) ? operand.split("|") : []));
};

const spelled = (options: Options): Spelled[] =>
  Object.entries(options).map(([name, { help, kind, choices = [] }]) => ({
    long: help.startsWith(`--no-${name}:`) ? `--no-${name}` : `--${name}`,
    help: help.replace(/^--no-[a-z-]+: /, ""),
    takesValue: kind !== "flag",
    values: choices,
  }));

const bash = (all: readonly Word[]): string[] => [
  "_waybill() {",
  "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= one",
  '  for one in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do [[ $one == -* ]] || { command=$one; break; }; done',
  "  COMPREPLY=()",
  '  case "$command" in',
  `    "") COMPREPLY=($(compgen -W "${all.map(({ name }) => name).join(" ")} --help" -- "$word")); return ;;`,
  ...all.flatMap(({ name, options, operands }) => [
    `    ${name})`,
    '      case "$before" in',
    ...options
      .filter(({ values }) => values.length > 0)
      .map(({ long, values }) => `        ${long}) COMPREPLY=($(compgen -W "${values.join(" ")}" -- "$word")); return ;;`),
    "      esac",
    `      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "${options.map(({ long }) => long).join(" ")}" -- "$word")); return; fi`,
    ...(operands.length > 0 ? [`      COMPREPLY=($(compgen -W "${operands.join(" ")}" -- "$word"))`] : []),
    "      ;;",
  ]),
  "  esac",
  "}",
  "complete -o default -F _waybill waybill",
];

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const described = (text: string): string => text.replace(/[[\]:\\]/g, (found) => `\\${found}`);

const zsh = (all: readonly Word[]): string[] => [
  "#compdef waybill",
  "_waybill() {",
  "  local -a commands",
  "  commands=(",
  ...all.map(({ name, summary }) => `    ${quoted(`${name}:${described(summary)}`)}`),
  "  )",
  "  if (( CURRENT == 2 )); then _describe command commands; return; fi",
  "  case $words[2] in",
  ...all.flatMap(({ name, options, operands }) => [
    `    ${name}) _arguments -s \\`,
    ...options.map(({ long, help, takesValue, values }) => {
      const value = takesValue ? (values.length > 0 ? `:value:(${values.join(" ")})` : ":value:_files") : "";
      return `      ${quoted(`${long}[${described(help)}]${value}`)} \\`;
    }),
    `      ${quoted(operands.length > 0 ? `*:argument:(${operands.join(" ")})` : "*:file:_files")} ;;`,
  ]),
  "  esac",
  "}",
  'if [ "$funcstack[1]" = "_waybill" ]; then _waybill "$@"; else compdef _waybill waybill; fi',
];

const fish = (all: readonly Word[]): string[] => [
  ...all.map(({ name, summary }) => `complete -c waybill -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`),
  ...all.flatMap(({ name, options, operands }) => [
    ...options.map(({ long, help, takesValue, values }) => {
      const value = takesValue ? (values.length > 0 ? ` -x -a ${quoted(values.join(" "))}` : " -r") : "";
      return `complete -c waybill -n '__fish_seen_subcommand_from ${name}' -l ${long.slice(2)}${value} -d ${quoted(help)}`;
    }),
    ...(operands.length > 0 ? [`complete -c waybill -n '__fish_seen_subcommand_from ${name}' -f -a ${quoted(operands.join(" "))}`] : []),
  ]),
];

const scripts: ReadonlyMap<string, (all: readonly Word[]) => string[]> = new Map([
  ["bash", bash],
  ["zsh", zsh],
  ["fish", fish],
]);
