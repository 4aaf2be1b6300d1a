import { hash } from "node:crypto";
import { isRefusal, refuse, type Refusal } from "#domain/kernel/decider.ts";
import { readCycloneDx } from "./cyclonedx.ts";
import { type DocumentCode, malformed, type Reading } from "./document.ts";
import { type Envelope, openEnvelope } from "./envelope.ts";
import { type Advisory, openAdvisory } from "./osv.ts";
import { readSpdx } from "./spdx.ts";
import { readStatement } from "./statement.ts";

/** A document as far as it can be read by itself. */
export type Opened =
  | { readonly key: string; readonly reading: Reading }
  /** What its signatures are worth is to be found out. */
  | { readonly key: string; readonly reading: Reading; readonly envelope: Envelope }
  /** Which versions it means depends on those that there are. */
  | { readonly key: string; readonly advisory: Advisory };

export const formats = "CycloneDX 1.4 to 1.6 and SPDX 2.2 and 2.3 in JSON, in-toto statements (SLSA provenance v1) alone or in DSSE envelopes, OSV advisories";

/** A document's bytes, by what is in them. Garbage is refused; nothing is thrown. */
export const openDocument = (bytes: Uint8Array): Opened | Refusal<DocumentCode> => {
  const key = `sha256:${hash("sha256", bytes)}`;
  const json = parsed(bytes);
  if (json === undefined) return refuse("DOCUMENT_UNKNOWN", `this is no JSON; read here are ${formats}`);
  if (isDeep(bytes)) return refuse("DOCUMENT_MALFORMED", `nested more than ${deepest} levels deep`, { format: "JSON", path: "$" });
  const has = (name: string) => typeof json === "object" && json !== null && Object.hasOwn(json, name);
  if (has("bomFormat")) return withReading(key, readCycloneDx({ key, json }));
  if (has("spdxVersion")) return withReading(key, readSpdx({ key, json }));
  if (has("@context")) return refuse("DOCUMENT_UNSUPPORTED", "SPDX 3 is not read here; SPDX 2.2 and 2.3 in JSON are", { format: "SPDX 3" });
  if (has("payloadType") || has("dsseEnvelope")) return enveloped(key, json);
  if (has("_type")) return withReading(key, readStatement({ key, json }));
  if (has("id") && has("modified")) {
    const advisory = openAdvisory({ key, json });
    return isRefusal(advisory) ? advisory : { key, advisory };
  }
  return refuse("DOCUMENT_UNKNOWN", `this is none of the formats that are read here: ${formats}`);
};

const withReading = (key: string, reading: Reading | Refusal<DocumentCode>): Opened | Refusal<DocumentCode> => (isRefusal(reading) ? reading : { key, reading });

/** A sigstore bundle holds the envelope beside what verifies it. */
const enveloped = (key: string, json: unknown): Opened | Refusal<DocumentCode> => {
  const inner: unknown = typeof json === "object" && json !== null && "dsseEnvelope" in json ? json.dsseEnvelope : json;
  const envelope = openEnvelope(inner);
  if (isRefusal(envelope)) return envelope;
  if (envelope.payloadType !== "application/vnd.in-toto+json")
    return refuse("DOCUMENT_UNSUPPORTED", `a DSSE envelope of type ${JSON.stringify(envelope.payloadType.slice(0, 200))} is not read here; application/vnd.in-toto+json is`, { format: "DSSE" });
  const payload = parsed(envelope.payload);
  if (payload === undefined || isDeep(envelope.payload)) return malformed("DSSE", ["payload"], `must be JSON, nested ${deepest} levels deep at most`);
  const reading = readStatement({ key, json: payload });
  return isRefusal(reading) ? reading : { key, reading, envelope };
};

const deepest = 200;

/** JSON whose lists and objects lie so deep in each other that only an attacker writes it. */
const isDeep = (bytes: Uint8Array): boolean => {
  let [depth, inText] = [0, false];
  for (let place = 0; place < bytes.length; place++) {
    const byte = bytes[place];
    if (inText && byte === 0x5c) place++;
    else if (byte === 0x22) inText = !inText;
    else if (!inText && (byte === 0x7b || byte === 0x5b)) depth++;
    else if (!inText && (byte === 0x7d || byte === 0x5d)) depth--;
    if (depth > deepest) return true;
  }
  return false;
};

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
};
