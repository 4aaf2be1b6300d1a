import type { Scope } from "#domain/access/events.ts";
import { type Application, defaultLimits } from "#api/application.ts";
import { openApplication, type TestApplication } from "./application.ts";
import { type Client, serve } from "./client.ts";

/** An application and its clients for the tests of one `describe`, opened before and closed after them. */
export interface Session {
  readonly app: TestApplication;
  readonly admin: Client;
  readonly writer: Client;
  readonly reader: Client;
}

export const sessionOf = (changes: Partial<Pick<Application, "limits" | "persisted" | "status">> = {}): (() => Session) => {
  const opened = new AsyncDisposableStack();
  let session: Session | undefined;
  before(async () => {
    const app = opened.use(await openApplication(changes));
    const client = async (scope: Scope) => opened.use(await serve(app.application, await app.token(scope)));
    session = { app, admin: await client("admin"), writer: await client("write"), reader: await client("read") };
  });
  after(() => opened.disposeAsync());
  return () => {
    if (!session) throw new Error("the session is not open yet");
    return session;
  };
};

/** For tests of answers that are stale, which others wait for. */
export const impatient = { ...defaultLimits, waitMs: 50 };

/** Documents that many tests send. */
export const documents = {
  bootstrap: `mutation ($input: BootstrapRepositoryInput!) { bootstrapRepository(input: $input) { receipt { position stream revision eventIds replayed } } }`,
  add: `mutation ($input: AddTargetsInput!) { addTargets(input: $input) { receipt { position stream revision eventIds replayed } task { id taskId } } }`,
  remove: `mutation ($input: RemoveTargetsInput!) { removeTargets(input: $input) { receipt { position } task { taskId } } }`,
};

export const sha256 = "ab".repeat(32);
export const targets = (count: number, name = "file", more: object = {}) =>
  Array.from({ length: count }, (_, index) => ({ path: `${name}-${index}`, length: index, sha256, ...more }));
