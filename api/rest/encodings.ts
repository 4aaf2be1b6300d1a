import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Content codings that metadata is offered in: RFC 9110 §8.4.1. */
export type Coding = "br" | "gzip" | "identity";

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/** Metadata is compressed once and read often, yet a publication waits for nobody: the quality is for both. */
const brotliQuality = { [constants.BROTLI_PARAM_QUALITY]: 6 };

/** Below this, headers weigh more than what is saved. */
const smallest = 1024;

/**
 * The best coding that the client named: brotli before gzip where it likes both as much. `*` alone gets the plain bytes, which
 * everybody can read; so does who refuses everything, as RFC 9110 §12.5.3 allows.
 */
export const negotiate = (acceptEncoding: string | undefined): Coding => {
  const wishes = new Map((acceptEncoding ?? "").split(",").map((wish) => parseWish(wish)));
  const [br, gzip, identity] = [wishes.get("br") ?? 0, wishes.get("gzip") ?? wishes.get("x-gzip") ?? 0, wishes.get("identity") ?? 0];
  if (identity > Math.max(br, gzip)) return "identity";
  if (br > 0 && br >= gzip) return "br";
  return gzip > 0 ? "gzip" : "identity";
};

const parseWish = (wish: string): [coding: string, quality: number] => {
  const [coding = "", ...parameters] = wish.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return [coding, quality === undefined ? 1 : Number(quality) || 0];
};

/** The bytes in that coding; null where it would not make them smaller. */
export const compress = async (bytes: Buffer, coding: Exclude<Coding, "identity">): Promise<Buffer | null> => {
  if (bytes.length < smallest) return null;
  const packed = await (coding === "br" ? brotliAsync(bytes, { params: brotliQuality }) : gzipAsync(bytes));
  return packed.length < bytes.length ? packed : null;
};
