import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { LedgerEvent, ledgerCodec } from "#domain/audit/events.ts";
import { AccessEvent, accessCodec } from "#domain/access/events.ts";
import { deliveriesCodec, DeliveryEvent } from "#domain/deliveries/events.ts";
import { GraphEvent, graphCodec } from "#domain/graph/events.ts";
import { TaskEvent, taskCodec } from "#domain/tasks/events.ts";
import { TrustEvent, trustCodec } from "#domain/trust/events.ts";

const contexts = [
  { union: TrustEvent, codec: trustCodec },
  { union: TaskEvent, codec: taskCodec },
  { union: GraphEvent, codec: graphCodec },
  { union: AccessEvent, codec: accessCodec },
  { union: LedgerEvent, codec: ledgerCodec },
  { union: DeliveryEvent, codec: deliveriesCodec },
];

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly format?: string;
}

/** JSON Schema of every event of today, by wire name; of the same zod objects that the log is read with. */
export const eventSchemas = (): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    contexts.flatMap(({ union, codec }) =>
      union.options.map((option) => {
        const { $schema: _, ...schema } = z.toJSONSchema(option, { io: "output" });
        const [name] = option._zod.propValues["type"] ?? [];
        const wire = codec.types.find((type) => type.startsWith(`${codec.context}.${String(name)}.`)) ?? "";
        return [wire, schema as Schema];
      }),
    ),
  );

/** docs/events.md, whole: each event with its comment from the source and its fields. */
export const eventDocs = (): string => {
  const sections = Object.entries(eventSchemas()).map(([wire, schema]) => {
    const [context = "", name = ""] = wire.split(".");
    const rows = Object.entries(schema.properties ?? {}).filter(([field]) => field !== "type");
    return [`## ${wire}`, commentOf(context, name), "| field | form |", "| --- | --- |", ...rows.flatMap(([field, form]) => fieldRows(field, form))]
      .join("\n")
      .replace("\n| field", "\n\n| field")
      .replace(`## ${wire}\n`, `## ${wire}\n\n`);
  });
  return `# Events\n\nEvery fact that Waybill records: its name on the wire with its version, and its data. Made from the schemas by \`npm run docs\`.\n\n${sections.join("\n\n")}\n`;
};

const fieldRows = (path: string, schema: Schema): string[] => [
  `| \`${path}\` | ${form(schema)} |`,
  ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => fieldRows(`${path}.${name}`, inner)),
  ...Object.entries(schema.items?.properties ?? {}).flatMap(([name, inner]) => fieldRows(`${path}[].${name}`, inner)),
];

const form = (schema: Schema): string => {
  if (schema.anyOf) return schema.anyOf.map(form).join(" or ");
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(", ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.type === "array") return `list of ${form(schema.items ?? {})}`;
  return [schema.type ?? "JSON", schema.format].filter((word) => word !== undefined).join(", ");
};

const commentOf = (context: string, name: string): string => {
  const source = readFileSync(new URL(`../domain/${context}/events.ts`, import.meta.url), "utf8");
  const comment = new RegExp(String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\s*export const ${name} = event\(`).exec(source)?.[1];
  return (comment ?? "").replaceAll(/^\s*\*? ?/gm, "").trim();
};

if (import.meta.main) writeFileSync(new URL("../docs/events.md", import.meta.url), eventDocs());
