import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM files of one certificate. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority made for a test, with openssl. */
export interface Authority extends Disposable {
  /** PEM file. */
  readonly ca: string;
  /** For these subject alternative names, like `DNS:localhost` and `IP:127.0.0.1`. */
  readonly issue: (name: string, options: { readonly names: readonly string[]; readonly expired?: boolean }) => Certificate;
}

const openssl = (...args: readonly string[]): void => void execFileSync("openssl", args, { stdio: "pipe" });

export const authority = (): Authority => {
  const folder = mkdtempSync(join(tmpdir(), "waybill-ca-"));
  const at = (file: string) => join(folder, file);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...newKey, "-keyout", at("ca.key"), "-out", at("ca.crt"), "-days", "2", "-subj", "/CN=an authority of a test");

  const issue: Authority["issue"] = (name, { names, expired = false }) => {
    const [key, request, cert] = [at(`${name}.key`), at(`${name}.csr`), at(`${name}.crt`)];
    openssl("req", ...newKey, "-keyout", key, "-out", request, "-subj", `/CN=${name}`);
    writeFileSync(at(`${name}.ext`), `subjectAltName=${names.join(",")}\n`);
    const signed = ["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-extfile", at(`${name}.ext`), "-out", cert];
    // A negative number of days has ended before it began: older versions of openssl know no dates.
    openssl("x509", "-req", "-in", request, ...signed, "-days", expired ? "-1" : "2");
    return { cert, key };
  };
  return { ca: at("ca.crt"), issue, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
};
