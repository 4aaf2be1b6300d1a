import { connect } from "node:net";

/** Asks a broker for its cluster's live brokers by Kafka's protocol (Metadata, version 1, of no topic) and answers their ids. */
export const liveBrokers = (port: number): Promise<readonly number[]> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 2_000 });
    let answer = Buffer.alloc(0);
    socket.once("connect", () => socket.write(question));
    socket.once("timeout", () => socket.destroy(new Error(`no answer on port ${port}`)));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`port ${port} closed the connection`)));
    socket.on("data", (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) return;
      resolve(brokerIds(answer));
      socket.destroy();
    });
  });

const metadata = 3;
const version = 1;

// Length; key, version, correlation id, no client id; an empty list of topics.
const question = Buffer.alloc(18);
question.writeInt32BE(14, 0);
question.writeInt16BE(metadata, 4);
question.writeInt16BE(version, 6);
question.writeInt32BE(0, 8);
question.writeInt16BE(-1, 12);
question.writeInt32BE(0, 14);

/** After length and correlation id: a list of { id int32, host string, port int32, rack nullable string }. */
const brokerIds = (answer: Buffer): readonly number[] => {
  const ids: number[] = [];
  let at = 12;
  for (let left = answer.readInt32BE(8); left > 0; left--) {
    ids.push(answer.readInt32BE(at));
    at += 4;
    at += 2 + answer.readInt16BE(at) + 4;
    at += 2 + Math.max(0, answer.readInt16BE(at));
  }
  return ids;
};
