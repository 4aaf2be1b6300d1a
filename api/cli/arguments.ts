import { parseArgs } from "node:util";
import { nearest } from "./did-you-mean.ts";
import { usageError } from "./exit.ts";
import type { Option, Options, Values } from "./options.ts";

export interface Arguments<Declared extends Options> {
  readonly values: Values<Declared>;
  readonly positionals: readonly string[];
}

/** Reads a command line by the declared options; throws a usage error that says what to write instead. */
export const readArguments = <Declared extends Options>(args: readonly string[], declared: Declared, command?: string): Arguments<Declared> => {
  const { tokens } = parseArgs({ args: [...args], options: parseOptions(declared), strict: false, tokens: true });
  const values: Record<string, unknown> = {};
  const positionals: string[] = [];
  for (const token of tokens)
    if (token.kind === "positional") positionals.push(token.value);
    else if (token.kind === "option") read(values, { declared, command }, token);
  return { values: values as Values<Declared>, positionals };
};

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
}

interface Declaring {
  readonly declared: Options;
  readonly command: string | undefined;
}

const read = (values: Record<string, unknown>, { declared, command }: Declaring, { name, rawName, value }: OptionToken): void => {
  const negated = !Object.hasOwn(declared, name) && name.startsWith("no-");
  const key = negated ? name.slice(3) : name;
  const option = Object.hasOwn(declared, key) ? declared[key] : undefined;
  if (!option || (negated && option.kind !== "flag")) throw unknownOption(rawName, { declared, command });
  if (option.kind === "flag") {
    if (value !== undefined) throw usageError(`${rawName} takes no value`);
    values[key] = !negated;
    return;
  }
  if (value === undefined) throw usageError(`${rawName} needs a value: ${rawName} ${option.value}`);
  if (option.kind === "list") {
    const earlier: readonly unknown[] = Array.isArray(values[key]) ? values[key] : [];
    values[key] = [...earlier, ...value.split(",").map((one) => choice(rawName, one.trim(), option))];
    return;
  }
  if (values[key] !== undefined) throw usageError(`${rawName} is given twice`);
  values[key] = option.kind === "integer" ? integer(rawName, value, option) : choice(rawName, value, option);
};

const integer = (rawName: string, value: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: Option): number => {
  const number = /^-?\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw usageError(`${rawName} must be a whole number from ${min} to ${max}, not ${JSON.stringify(value)}`);
};

const choice = (rawName: string, value: string, { choices }: Option): string => {
  if (!choices || choices.includes(value)) return value;
  throw usageError(`${rawName} must be ${oneOf(choices)}, not ${JSON.stringify(value)}`);
};

const oneOf = (choices: readonly string[]): string => [choices.slice(0, -1).join(", "), ...choices.slice(-1)].filter((part) => part !== "").join(" or ");

const unknownOption = (rawName: string, { declared, command }: Declaring) => {
  const guess = nearest(
    rawName,
    Object.keys(declared).flatMap((name) => [`--${name}`, `--no-${name}`]),
  );
  return usageError(`there is no option ${rawName}`, guess === undefined ? `see: waybill ${command === undefined ? "help" : `${command} --help`}` : `did you mean ${guess}?`);
};

const parseOptions = (declared: Options) =>
  Object.fromEntries(
    Object.entries(declared).map(([name, { kind, short }]) => [
      name,
      { type: kind === "flag" ? ("boolean" as const) : ("string" as const), multiple: true, ...(short === undefined ? {} : { short }) },
    ]),
  );
