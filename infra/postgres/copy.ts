import { type Connection, Query } from "pg";
import type { CopyRows } from "#projections/ports/sql.ts";

/** What `pg` has of a connection beyond its types. */
declare module "pg" {
  interface Connection {
    sendCopyFromChunk(chunk: Buffer): void;
    endCopyFrom(): void;
    sendCopyFail(reason: string): void;
  }
}

/** Large enough for few messages, small enough for the server to begin soon. */
const chunkCharacters = 65_536;

/**
 * `copy … from stdin`. The rows follow the statement at once, before the server asks for them: it takes in the first ones while the
 * next are made, and drops them all where it refuses the statement (PostgreSQL 18, 54.2.6 COPY Operations).
 */
export class Copy extends Query {
  readonly #rows: CopyRows;

  constructor(into: string, rows: CopyRows, done: (error: Error | null) => void) {
    super(`copy ${into} from stdin`);
    this.#rows = rows;
    // `pg` answers a query's callback, which its types do not know.
    Object.assign(this, { callback: done });
  }

  /** Called by `pg` when it is this statement's turn. */
  override readonly submit = (connection: Connection): void => {
    Query.prototype.submit.call(this, connection);
    try {
      for (const chunk of chunksOf(this.#rows)) connection.sendCopyFromChunk(Buffer.from(chunk));
      connection.endCopyFrom();
    } catch (error) {
      connection.sendCopyFail(String(error));
    }
  };

  /** Called by `pg` when the server waits for the rows, which are on their way. */
  handleCopyInResponse(): void {}
}

function* chunksOf(rows: CopyRows): Generator<string, undefined> {
  let chunk = "";
  for (const row of rows) {
    chunk += row;
    if (chunk.length < chunkCharacters) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}
