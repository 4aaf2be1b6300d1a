import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** PEM files. */
export interface Certificate {
  readonly certFile: string;
  /** PKCS#8, unencrypted, mode 0600. */
  readonly keyFile: string;
}

/** An authority of the test's own; everything is in a folder that goes with this process. */
export interface Authority {
  readonly caFile: string;
  /** A server's: valid for these hosts, or until yesterday. */
  readonly server: (how?: { readonly hosts?: readonly string[]; readonly expired?: boolean }) => Certificate;
  /** A client's, whose common name is the user. */
  readonly client: (user: string) => Certificate;
}

export const certificateAuthority = (): Authority => {
  const folder = mkdtempSync(join(tmpdir(), "waybill-certificates-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const caFile = join(folder, "ca.pem");
  openssl(folder, ["req", "-x509", "-new", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Authority of a test"]);
  mkdirSync(join(folder, "issued"));
  writeFileSync(join(folder, "index"), "");
  writeFileSync(join(folder, "serial"), "01\n");
  writeFileSync(join(folder, "ca.cnf"), settings);
  let issued = 0;

  const issue = (name: string, extensions: readonly string[], from = day(-2), to = day(30)): Certificate => {
    const nth = ++issued;
    const [key, request, cert] = [`${nth}.key`, `${nth}.csr`, `${nth}.pem`];
    const asked = extensions.flatMap((extension) => ["-addext", extension]);
    openssl(folder, ["req", "-new", ...newKey, "-keyout", key, "-out", request, "-subj", `/CN=${name}`, ...asked]);
    openssl(folder, ["ca", "-batch", "-notext", "-config", "ca.cnf", "-in", request, "-out", cert, "-startdate", from, "-enddate", to]);
    return { certFile: join(folder, cert), keyFile: join(folder, key) };
  };

  return {
    caFile,
    server: ({ hosts = ["localhost", "127.0.0.1"], expired = false } = {}) => {
      const names = hosts.map((host) => (/^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`));
      const extensions = [`subjectAltName=${names.join(",")}`, "extendedKeyUsage=serverAuth"];
      return issue(hosts[0] ?? "server", extensions, day(-2), day(expired ? -1 : 30));
    },
    client: (user) => issue(user, ["extendedKeyUsage=clientAuth"]),
  };
};

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** `openssl ca` alone can date a certificate back. */
const settings = `
[ca]
default_ca = test
[test]
certificate = ca.pem
private_key = ca.key
database = index
serial = serial
new_certs_dir = issued
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
`;

/** `20261121170000Z` */
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+|[-:T]/g, "");

const openssl = (cwd: string, args: readonly string[]): void => {
  const { status, error, stderr } = spawnSync("openssl", args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${error?.message ?? stderr}`);
};
