/** One event as the server keeps it. */
export interface StoredRecord {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  /** Where its line begins in the file: growing, with gaps, and the first one at 0. */
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly type: string;
  readonly contentType: string;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

/** What a client proposes. */
export type Proposed = Pick<StoredRecord, "id" | "type" | "contentType" | "data" | "metadata">;

export interface Line {
  readonly record: Omit<StoredRecord, "position">;
  /** The last one of its append: what comes before it without one was never finished. */
  readonly last: boolean;
}

export const written = ({ record, last }: Line): Buffer => {
  const { data, metadata, ...plain } = record;
  return Buffer.from(`${JSON.stringify({ ...plain, data: data.toString("base64"), metadata: metadata.toString("base64"), last })}\n`);
};

type Kept = Omit<StoredRecord, "position" | "data" | "metadata"> & { readonly data: string; readonly metadata: string; readonly last: boolean };

/** The file's whole appends, and where they end; a kill may have left half a one behind that. */
export const recordsIn = (file: Buffer): { readonly records: readonly StoredRecord[]; readonly end: number } => {
  const records: StoredRecord[] = [];
  let [end, complete] = [0, 0];
  for (let start = 0, next = file.indexOf("\n"); next >= 0; start = next + 1, next = file.indexOf("\n", start)) {
    // Written by this program.
    const { last, data, metadata, ...plain } = JSON.parse(file.toString("utf8", start, next)) as Kept;
    records.push({ ...plain, position: start, data: Buffer.from(data, "base64"), metadata: Buffer.from(metadata, "base64") });
    if (last) [end, complete] = [next + 1, records.length];
  }
  return { records: records.slice(0, complete), end };
};
