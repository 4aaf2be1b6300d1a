import { isShared } from "#infra/config.ts";
import { openDataFolder, placeOf } from "#infra/data-folder.ts";
import { openVault } from "#infra/keys/open-vault.ts";
import { openLeases } from "#infra/leases.ts";
import { nodeId, runId } from "#infra/node-id.ts";
import { openDatabaseServer } from "#infra/open-database.ts";
import { openLog } from "#infra/open-log.ts";
import { openDatabase } from "#infra/postgres/open-database.ts";
import { configuredRedis } from "#infra/redis/configured.ts";
import { openFolderBlobs } from "#infra/storage/folder-blobs.ts";
import { aggregatesOn } from "#infra/use-cases.ts";
import type { Provide } from "./container.ts";
import { ids, type Setting } from "./parts.ts";

export const bindStores = (bind: Provide, { config, logger, decorate }: Setting): void => {
  const shared = isShared(config);
  bind(ids.folder, [], () => openDataFolder(config.WAYBILL_DATA, shared ? "shared" : "exclusive"));
  // What is kept in the folder alone is not touched before the folder is ours; with servers for all of that, not every role needs it.
  if (shared) bind(ids.place, [], () => placeOf(config.WAYBILL_DATA));
  else bind(ids.place, [ids.folder], (folder) => placeOf(folder.path));
  if (shared) bind(ids.owner, [], runId);
  else bind(ids.owner, [ids.folder], (folder) => nodeId(folder.at("node-id")));
  bind(ids.server, [ids.place], (place) => openDatabaseServer(config, place, logger));
  bind(ids.readers, [ids.server], ({ connect }) => openDatabase(connect, 16));
  bind(ids.writers, [ids.server], ({ connect }) => openDatabase(connect, 12));
  bind(ids.redis, [], () => configuredRedis(config, logger));
  bind(ids.leases, [ids.server, ids.redis], ({ connect }, redis) => openLeases(connect, redis));
  bind(ids.database, [ids.writers], (writers) => {
    const { [Symbol.asyncDispose]: _, ...database } = writers;
    return decorate.database?.(database) ?? database;
  });
  bind(ids.log, [ids.place, ids.server, ids.leases, ids.owner], async (folder, { connect }, leases, owner) => {
    const log = await openLog(config, { folder, connect, leases, owner });
    return decorate.log?.(log) ?? log;
  });
  bind(ids.vault, [ids.folder], (folder) => openVault((name) => folder.at(name), config.WAYBILL_VAULT_PASSPHRASE));
  bind(ids.signer, [ids.vault], ({ keys }) => decorate.signer?.(keys) ?? keys);
  bind(ids.blobs, [ids.folder], (folder) => openFolderBlobs(folder.at("blobs"), { shared }));
  bind(ids.aggregates, [ids.log], aggregatesOn);
};
