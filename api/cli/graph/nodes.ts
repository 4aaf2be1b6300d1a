import { command } from "#api/cli/command.ts";
import { exitCodes, usageError } from "#api/cli/exit.ts";
import { count } from "#api/cli/format.ts";
import { listNodes, type Shown } from "#api/cli/operations/graph-queries.ts";
import { enumNames, kindsOption, momentOf, momentOptions, rowsOption } from "./asked.ts";
import { nodesTable } from "./nodes-table.ts";
import { moreText, remarkOn, take, wanted } from "./shown.ts";

export const nodes = command(
  {
    name: "graph nodes",
    summary: "nodes by kind, key, source, attributes, words",
    operands: ["[WORD…]"],
    details: [
      "All that is given must hold. --filter takes what GraphQL takes, with and, or, not, ranges: '{\"or\": [{\"kind\": {\"eq\": \"IMAGE\"}}, {\"attribute\": {\"name\": \"size\", \"gt\": 7}}]}'.",
    ],
    options: {
      kind: kindsOption,
      prefix: { kind: "text", value: "TEXT", help: "the key begins so: pkg:deb/" },
      source: { kind: "text", value: "SOURCE", help: "this source says that it exists" },
      attribute: { kind: "list", value: "NAME=VALUE", help: "some source gives it this attribute; NAME alone: any value" },
      filter: { kind: "text", value: "JSON", help: "a filter of GraphQL's `nodes`" },
      count: { kind: "flag", help: "only how many there are" },
      limit: rowsOption("nodes"),
      ...momentOptions,
    },
    examples: [
      ["graph nodes --kind image", "all images"],
      ["graph nodes openssl --prefix pkg:deb/ --count", "how many Debian packages and versions have the word in them"],
    ],
  },
  async (session, { operands, values }) => {
    const filter = filterOf(operands.join(" "), values);
    const moment = momentOf(values);
    const limit = wanted(session, values.limit);
    const state: { shown: Shown | null; total: number } = { shown: null, total: 0 };
    const found = await take(values.count === true ? 1 : limit, async (page) => {
      const { graph } = await session.client.request(listNodes, { ...moment, ...page, filter });
      const { nodes: connection, ...shown } = graph;
      [state.shown, state.total] = [shown, connection.totalCount];
      return connection;
    });
    const { shown, total } = state;
    if (shown) remarkOn(session, shown);
    if (values.count === true) await session.output.result({ ...shown, totalCount: total }, () => count(total));
    else await session.output.result({ ...shown, totalCount: total, nodes: found }, () => (total === 0 ? "there are none" : [...nodesTable(session.output, found), ...moreText(found.length, total, "node")]));
    return exitCodes.ok;
  },
);

interface Given {
  readonly kind?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
  readonly source?: string | undefined;
  readonly attribute?: readonly string[] | undefined;
  readonly filter?: string | undefined;
}

const filterOf = (text: string, { kind, prefix, source, attribute = [], filter }: Given): object => ({
  ...(text === "" ? {} : { text }),
  ...(kind ? { kind: { in: enumNames(kind) } } : {}),
  ...(prefix === undefined ? {} : { key: { prefix } }),
  ...(source === undefined ? {} : { source: { eq: source } }),
  and: [...attribute.map(attributeOf), ...(filter === undefined ? [] : [json(filter)])],
});

const attributeOf = (text: string): object => {
  const [, name = "", value] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? [];
  if (name === "") throw usageError(`--attribute must be NAME or NAME=VALUE, not ${JSON.stringify(text)}`);
  if (value === undefined) return { attribute: { name } };
  // 7 may be a number or a text, and a member of a list.
  const same = [{ attribute: { name, eq: value } }, { attribute: { name, contains: value } }];
  const plain = /^(-?\d{1,15}(\.\d+)?|true|false)$/.test(value) ? [{ attribute: { name, eq: JSON.parse(value) as unknown } }] : [];
  return { or: [...same, ...plain] };
};

const json = (text: string): object => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw usageError("--filter must be a JSON object", 'for example: --filter \'{"kind": {"eq": "IMAGE"}}\'');
};
