import { openPostgresLog } from "#infra/postgres/event-log.ts";

export const open = (connectionString: string) => openPostgresLog({ connect: { connectionString } });
