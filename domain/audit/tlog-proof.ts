import { hashBytes, type Hash } from "./merkle.ts";

/** C2SP tlog-proof: one file that shows, offline, that an entry is in the log. */
export interface TlogProof {
  readonly index: number;
  readonly proof: readonly Hash[];
  /** The signed note. */
  readonly checkpoint: string;
}

const header = "c2sp.org/tlog-proof@v1";

export const formatTlogProof = ({ index, proof, checkpoint }: TlogProof): string =>
  [header, `index ${index}`, ...proof.map((hash) => hash.toString("base64")), "", checkpoint].join("\n");

/** Null for what is no such file. */
export const parseTlogProof = (text: string): TlogProof | null => {
  const middle = text.indexOf("\n\n");
  const [first, ...lines] = text.slice(0, middle).split("\n");
  const body = lines[0]?.startsWith("extra ") === true ? lines.slice(1) : lines;
  const [, digits] = /^index (0|[1-9]\d{0,15})$/.exec(body[0] ?? "") ?? [];
  const proof = body.slice(1).map((line) => Buffer.from(line, "base64"));
  if (middle < 0 || first !== header || digits === undefined || proof.some((hash) => hash.length !== hashBytes) || proof.length > 63) return null;
  return { index: Number(digits), proof, checkpoint: text.slice(middle + 2) };
};
