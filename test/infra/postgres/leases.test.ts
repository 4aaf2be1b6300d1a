import { setTimeout as sleep } from "node:timers/promises";
import { postgresLeases } from "#infra/postgres/leases.ts";
import { leasesConformance } from "#test/conformance/leases/suite.ts";
import { openDatabase } from "#test/support/projecting.ts";

leasesConformance("postgres", async () => {
  const opened = await openDatabase();
  return {
    open: () => postgresLeases(opened.database),
    forget: async () => {
      await postgresLeases(opened.database).held([]);
      await opened.database.query({ text: "truncate waybill.leases" });
    },
    pass: sleep,
    now: () => performance.now(),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
});
