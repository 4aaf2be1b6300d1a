import { copyRow } from "./copy.ts";

/** PostgreSQL's types of columns whose binary form a replay can write. */
export type ColumnType = "bigint" | "integer" | "uuid" | "text" | "timestamptz" | "json";

/** What a column may hold: a whole number, or a text in a form that PostgreSQL reads as the column's type. */
export type ColumnValue = string | number | null;

/** A table that is given a row for each event, in the log's order, and none of whose rows ever changes. */
export interface Appends<In> {
  readonly table: string;
  /** By name, in the table's order; the first is the event's position and the key. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  row(event: In): readonly ColumnValue[];
}

/** For COPY: table and columns, and a batch's rows. */
export const copied = <In>(appends: Appends<In>, batch: readonly In[]) =>
  [`${appends.table} (${Object.keys(appends.columns).join(", ")})`, batch.values().map((event) => copyRow(appends.row(event)))] as const;
