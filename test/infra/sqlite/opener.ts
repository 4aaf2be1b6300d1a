import { openSqliteLog } from "#infra/sqlite/event-log.ts";

export const open = async (file: string) => openSqliteLog(file);
