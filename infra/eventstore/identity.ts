import { randomUUID } from "node:crypto";
import { shared, streams, type Connection } from "./client.ts";
import { ofStream } from "./requests.ts";
import { responses } from "./responses.ts";
import type { Sender } from "./sending.ts";

/**
 * A name that no other log has, given by the first process that opens it: in the metadata of a stream that has no events, where
 * EventStoreDB keeps it as an event of its own. What was kept beside a log of another name is not about this one.
 */
export const identity = async (server: Connection, sender: Sender, { prefix, patience }: { readonly prefix: string; readonly patience: number }): Promise<string> => {
  const stream = `$$${prefix}waybill.log`;
  const found = await firstOf(server, stream, patience);
  if (found !== undefined) return found;
  const message = new streams.BatchAppendReq.ProposedMessage()
    .setId(new shared.UUID().setString(randomUUID()))
    .setData(Buffer.from(JSON.stringify({ waybillLog: randomUUID() }), "utf8"));
  message.getMetadataMap().set("type", "$metadata").set("content-type", "application/json");
  await sender.send({ stream, revision: -1, messages: [message] });
  const made = await firstOf(server, stream, patience);
  if (made === undefined) throw new Error(`cannot write to ${stream}`);
  return made;
};

const firstOf = async (server: Connection, stream: string, patience: number): Promise<string | undefined> => {
  for await (const portion of responses(server, ofStream(stream, 0, 1), { patience }))
    for (const response of portion) {
      const data = response.getEvent()?.getEvent()?.getData_asU8();
      if (data) return Buffer.from(data).toString("utf8");
    }
  return undefined;
};
