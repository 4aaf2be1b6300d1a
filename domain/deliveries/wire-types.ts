import { accessCodec } from "#domain/access/events.ts";
import { ledgerCodec } from "#domain/audit/events.ts";
import { graphCodec } from "#domain/graph/events.ts";
import { taskCodec } from "#domain/tasks/events.ts";
import { trustCodec } from "#domain/trust/events.ts";
import { deliveriesCodec } from "./events.ts";

/** Every wire type that was ever recorded, of all contexts: what filters are checked against. */
export const wireTypes: readonly string[] = [trustCodec, taskCodec, graphCodec, accessCodec, ledgerCodec, deliveriesCodec].flatMap(({ types }) => types);
