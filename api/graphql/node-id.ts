import { decodeGlobalID, encodeGlobalID } from "@pothos/plugin-relay";
import { z } from "zod";

/** A task, a token by its bare uuid or by its global id. */
export const UuidOrNodeId = (typename: string) =>
  z
    .string()
    .max(200)
    .transform((id) => (id.includes("-") ? id : bare(id, typename)))
    .pipe(z.uuid(`must be the uuid or the id of a ${typename}`))
    .transform((id) => id.toLowerCase());

const bare = (id: string, typename: string): string => {
  try {
    const decoded = decodeGlobalID(id);
    return decoded.typename === typename ? decoded.id : id;
  } catch {
    return id;
  }
};

export const nodeId = (typename: string, id: string): string => encodeGlobalID(typename, id);
