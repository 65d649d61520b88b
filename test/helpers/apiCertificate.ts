import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Key and certificate of an API server at 127.0.0.1, in PEM. The certificate is the authority of server and client. */
export interface ApiCertificate {
  keyFile: string;
  certificateFile: string;
  /** Options of an HTTPS server that requires the same certificate from its clients. */
  serverOptions: { key: Buffer; cert: Buffer; ca: Buffer; requestCert: true; rejectUnauthorized: true };
}

/** Creates the key and the certificate in a folder. The certificate is valid for one day. */
export const createApiCertificate = (folder: string): ApiCertificate => {
  const [keyFile, certificateFile] = [join(folder, "key"), join(folder, "certificate")];
  const names = ["-subj", "/CN=api", "-addext", "subjectAltName=IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", keyFile, "-out", certificateFile, ...names], {
    stdio: "ignore",
  });
  const [key, cert] = [readFileSync(keyFile), readFileSync(certificateFile)];
  return {
    keyFile,
    certificateFile,
    serverOptions: { key, cert, ca: cert, requestCert: true, rejectUnauthorized: true },
  };
};
