import type { Config } from "#infra/config.ts";
import { drain } from "#infra/drain.ts";
import type { RoleAtWork } from "#infra/http-application.ts";
import type { Listening } from "#infra/http.ts";
import type { Logger } from "#infra/log.ts";
import type { DatabaseServer } from "#infra/open-database.ts";
import { whenReady } from "#infra/readiness.ts";
import { bindApi, bindHttp } from "./api.ts";
import { newContainer, openings, provide } from "./container.ts";
import { bindDeliverer } from "./deliverer.ts";
import { atWork, type Decorate, ids, order } from "./parts.ts";
import { bindProjector, bindReadModels } from "./read-models.ts";
import { bindStores } from "./stores.ts";
import { bindWorker } from "./worker.ts";

/** A process with its roles, serving. */
export interface Waybill extends AsyncDisposable {
  readonly url: string;
  /** Resolves when `/readyz` answers 200: read models of another generation are rebuilt first. */
  readonly ready: Promise<void>;
  /** Resolves when a part has ended by a defect. */
  readonly failed: Promise<Error>;
}

/** Opens what the roles need in the order in which it is needed; closes it in reverse. Half a start leaves nothing behind. */
export const compose = async (config: Config, logger: Logger, decorate: Decorate = {}): Promise<Waybill> => {
  await using opened = new AsyncDisposableStack();
  const failure = Promise.withResolvers<Error>();
  const failed = (error: unknown) => failure.resolve(error instanceof Error ? error : new Error(String(error)));
  const [leaving, ended] = [new AbortController(), new AbortController()];
  const container = newContainer();
  const { begun, settled } = openings(opened);
  const setting = { config, logger, decorate, failed, leaving: leaving.signal, closing: ended.signal };
  for (const part of [bindStores, bindReadModels, bindProjector, bindWorker, bindDeliverer, bindApi, bindHttp]) part(provide(container, begun), setting);
  const inOrder = order.filter((role) => config.WAYBILL_ROLE.includes(role));

  const open = async () => {
    const parts: RoleAtWork[] = [];
    for (const role of inOrder) parts.push(await container.getAsync(atWork[role]));
    const { url } = await container.getAsync<Listening>(ids.listening);
    const { lost } = await container.getAsync<DatabaseServer>(ids.server);
    void lost.then(failed);
    for (const { begin } of parts) await begin?.();
    return { url, ready: whenReady(async () => (await Promise.all(parts.map(({ missing }) => missing()))).flat(), ended.signal) };
  };
  const serving = await open().catch(async (error: unknown) => {
    ended.abort();
    await settled();
    throw error;
  });
  const closing = opened.move();
  closing.defer(() => drain({ leaving, ended, noticeMs: config.WAYBILL_DRAIN_NOTICE_MS }));
  return { ...serving, failed: failure.promise, [Symbol.asyncDispose]: () => closing.disposeAsync() };
};
