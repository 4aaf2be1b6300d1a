import { Query } from "pg";

/** What `pg` has of a connection beyond its types. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** `copy … from stdin` of rows that are all there already: no stream, one message. */
export class Copy extends Query {
  readonly #rows: Buffer;

  constructor(into: string, rows: string, done: (error: Error | null) => void) {
    super(`copy ${into} from stdin`);
    this.#rows = Buffer.from(rows);
    // `pg` answers a query's callback, which its types do not know.
    Object.assign(this, { callback: done });
  }

  /** Called by `pg` when the server waits for the rows. */
  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.#rows);
    connection.endCopyFrom();
  }
}
