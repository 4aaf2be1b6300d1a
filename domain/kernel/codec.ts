import type { z } from "zod";
import type { AnyEvent, Recorded, StoredEvent } from "./event.ts";
import type { JsonObject } from "./json.ts";

/** Lifts the data of one recorded version to the next: `trust.TargetsAdded.v1` to v2. A list of these only grows. */
export interface Upcaster {
  readonly from: string;
  readonly lift: (data: JsonObject) => JsonObject;
}

/** Between a context's events in code and their names and versions on the wire (STYLE §3). */
export interface Codec<Event extends AnyEvent> {
  readonly context: string;
  /** Every wire name that was ever recorded, old versions included. */
  readonly types: readonly string[];
  readonly encode: (event: Event) => { readonly type: string; readonly data: JsonObject };
  /** Throws a defect when the data fits no recorded shape. */
  readonly decode: (stored: StoredEvent) => Recorded<Event>;
}

type EventUnion = z.ZodDiscriminatedUnion<readonly (z.core.$ZodTypeDiscriminable & z.ZodType<AnyEvent>)[], "type">;

/** The codec of one context, made of its event union and the upcasters from older shapes. */
export const codec = <Union extends EventUnion>(
  context: string,
  union: Union,
  upcasters: readonly Upcaster[] = [],
): Codec<z.infer<Union>> => {
  const names = union.options.flatMap((option) => literals(option));
  const lifts = new Map(upcasters.map((upcaster) => [upcaster.from, upcaster.lift]));
  const current = new Map(names.map((name) => [name, currentVersion(lifts, context, name)]));

  const decode = (stored: StoredEvent): Recorded<z.infer<Union>> => {
    const { data, type, ...envelope } = stored;
    const wire = parseWireType(type);
    let lifted = data;
    for (let version = wire.version; version < (current.get(wire.name) ?? 0); version++)
      lifted = lifts.get(`${context}.${wire.name}.v${version}`)?.(lifted) ?? lifted;
    const event = union.safeParse({ type: wire.name, ...lifted });
    if (!event.success)
      throw new Error(`event ${stored.id} at position ${stored.position} is no ${type}`, { cause: event.error });
    return { ...envelope, event: event.data };
  };

  return {
    context,
    types: [...names.map((name) => `${context}.${name}.v${current.get(name)}`), ...lifts.keys()],
    encode: ({ type, ...data }) => ({ type: `${context}.${type}.v${current.get(type)}`, data: data as unknown as JsonObject }),
    decode,
  };
};

const currentVersion = (lifts: ReadonlyMap<string, unknown>, context: string, name: string): number => {
  let version = 1;
  while (lifts.has(`${context}.${name}.v${version}`)) version++;
  return version;
};

const literals = (option: z.core.$ZodTypeDiscriminable): string[] => [...(option._zod.propValues["type"] ?? [])].map(String);

/** `trust.TargetsAdded.v1` in its three parts. */
export const parseWireType = (type: string): { context: string; name: string; version: number } => {
  const parts = /^([a-z]+)\.([A-Za-z]+)\.v(\d+)$/.exec(type);
  if (!parts) throw new Error(`${JSON.stringify(type)} is no event type`);
  return { context: parts[1] ?? "", name: parts[2] ?? "", version: Number(parts[3]) };
};
