import { z } from "zod";
import { isRefusal, type Refusal } from "#domain/kernel/decider.ts";
import { type DocumentCode, malformed, shaped } from "./document.ts";

/** https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
const Envelope = z.object({
  payloadType: z.string().min(1),
  payload: z.string(),
  signatures: z.array(z.object({ keyid: z.string().nullish(), sig: z.string() })).min(1, "must not be empty"),
});

export interface Signature {
  /** A hint of whoever signed; nothing may be concluded from it. */
  readonly keyid: string | null;
  readonly bytes: Buffer;
}

export interface Envelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signatures: readonly Signature[];
}

const format = "DSSE";

export const openEnvelope = (json: unknown): Envelope | Refusal<DocumentCode> => {
  const shape = shaped(format, Envelope, json);
  if (isRefusal(shape)) return shape;
  const { payloadType, payload, signatures } = shape.data;
  const bytes = decoded(payload);
  if (!bytes) return malformed(format, ["payload"], "must be Base64");
  const opened: Signature[] = [];
  for (const [index, { keyid, sig }] of signatures.entries()) {
    const signature = decoded(sig);
    if (!signature || signature.length === 0) return malformed(format, ["signatures", index, "sig"], "must be Base64");
    opened.push({ keyid: keyid === undefined || keyid === "" ? null : keyid, bytes: signature });
  }
  return { payloadType, payload: bytes, signatures: opened };
};

/** Either alphabet, as the specification wants it. */
const decoded = (text: string): Buffer | null => (/^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)={0,2}$/.test(text) ? Buffer.from(text, "base64") : null);

/** What was signed: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md (PAE). */
export const signedBytes = ({ payloadType, payload }: Envelope): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);
