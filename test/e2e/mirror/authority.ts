import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { must } from "../harness";

/** A certificate for some hosts, and the authority that signed it. */
export interface Certificate {
  /** PEM. */
  key: string;
  cert: string;
  /** Path of the authority's certificate, for NODE_EXTRA_CA_CERTS. */
  authority: string;
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

const nameOf = (host: string): string => `${isIP(host) === 0 ? "DNS" : "IP"}:${host}`;

/** Creates a certificate authority for one run, and a certificate for all hosts. */
export const certify = (folder: string, hosts: readonly string[]): Certificate => {
  mkdirSync(folder, { recursive: true });
  const openssl = (...args: string[]): unknown => must("openssl", args, { cwd: folder });
  openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=mirror test");
  openssl("req", ...newKey, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=mirror");
  writeFileSync(join(folder, "names"), `subjectAltName=${hosts.map(nameOf).join(",")}\n`);
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
  openssl("x509", "-req", "-in", "server.csr", "-out", "server.crt", ...signed);
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  return { key: read("server.key"), cert: read("server.crt"), authority: join(folder, "ca.crt") };
};
