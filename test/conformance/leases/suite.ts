import { holdingConformance } from "./holding.ts";
import { schedulesConformance } from "./schedules.ts";
import type { OpenLeases } from "./subject.ts";

/** Everything that a store of leases must do. */
export const leasesConformance = (adapter: string, open: OpenLeases): void => {
  holdingConformance(adapter, open);
  schedulesConformance(adapter, open);
};
