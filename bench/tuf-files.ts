import express from "express";
import { listen } from "#infra/http.ts";
import { serveRest } from "#test/support/rest.ts";
import { insertMetadata } from "#test/support/tuf-by-hand.ts";
import { requestsPerSecond } from "./http-load.ts";
import type { Row } from "./rows.ts";

const repository = "demo";
const timestamp = Buffer.alloc(450, "t");
/** A snapshot of 256 bins. */
const snapshot = Buffer.from(JSON.stringify({ meta: Object.fromEntries(Array.from({ length: 256 }, (_, bin) => [`bins-${bin}.json`, { version: bin }])) }));

const measure = (port: number, path: string, encoding = "identity"): Promise<number> =>
  requestsPerSecond({
    port,
    request: `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: ${encoding}\r\n\r\n`,
    connections: 32,
    durationMs: 3000,
  });

/** Metadata as clients fetch it, beside express that does nothing but send as many bytes. */
export const tufFilesBench = async (): Promise<readonly Row[]> => {
  await using server = await serveRest();
  await insertMetadata(server, { repository, role: "timestamp", version: 1, bytes: timestamp });
  await insertMetadata(server, { repository, role: "snapshot", version: 1, bytes: snapshot });
  const application = express().disable("etag");
  application.get("/timestamp", (_request, response) => void response.send(timestamp));
  application.get("/snapshot", (_request, response) => void response.send(snapshot));
  await using bare = await listen(application, { host: "127.0.0.1", port: 0, graceMs: 100 });
  const against = async (name: string, path: string, barePath: string, encoding?: string): Promise<Row> => {
    const value = await measure(server.port, path, encoding);
    const other = await measure(bare.port, barePath);
    return { name, value, unit: "1/s", versus: { name: "bare express", value: other, ratio: value / other } };
  };
  return [
    await against("timestamp.json, from SQL, one read for all who ask at once", `/tuf/${repository}/metadata/timestamp.json`, "/timestamp"),
    await against("N.snapshot.json, from memory", `/tuf/${repository}/metadata/1.snapshot.json`, "/snapshot"),
    await against("N.snapshot.json in gzip, from memory", `/tuf/${repository}/metadata/1.snapshot.json`, "/snapshot", "gzip"),
  ];
};

if (import.meta.main) for (const row of await tufFilesBench()) console.log(JSON.stringify(row));
