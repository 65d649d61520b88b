import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readCaBundle, trustCaBundle } from "../../../preflight/images/caBundle";
import { askInternet, reasonOf } from "../../../system/http";

const folder = mkdtempSync(join(tmpdir(), "slipway-bundle-"));
const [bundle, key] = [join(folder, "ca.crt"), join(folder, "ca.key")];
let [certificate, privateKey] = ["", ""];

beforeAll(() => {
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", [...request, "-keyout", key, "-out", bundle, ...names], { stdio: "ignore" });
  [certificate, privateKey] = [readFileSync(bundle, "utf8"), readFileSync(key, "utf8")];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (text: string): string => {
  const file = join(folder, "file.pem");
  writeFileSync(file, text);
  return file;
};
const inDays = (days: number): number => Date.now() + days * 86_400_000;

test("keeps certificates alone, with the line ends of Linux", () => {
  const text = `# our authority\r\n${certificate.replaceAll("\n", "\r\n")}\r\nsubject=CN\r\n${certificate}`;
  expect(readCaBundle(write(text))).toBe(certificate + certificate);
});

test.each([
  [
    "a missing file",
    () => join(folder, "none"),
    /^caBundle: expected a file that can be read \(no such file\), got ".*none"\. /,
  ],
  ["a folder", () => folder, /^caBundle: expected a file that can be read \(a folder\)/],
  ["an empty file", () => write(""), /^caBundle: expected at least one certificate in PEM format, got none\./],
  ["a text", () => write("hello"), /^caBundle: expected at least one certificate in PEM format, got none\./],
  [
    "a certificate with its key",
    () => write(certificate + privateKey),
    /^caBundle: .*without a private key.*, got a private key\./,
  ],
  [
    "a broken certificate",
    () => write(`${certificate}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`),
    /^caBundle: expected certificates in PEM format, got a broken certificate \(number 2\)\./,
  ],
])("refuses %s", (_, file, message) => {
  expect(() => readCaBundle(file())).toThrow(message);
});

test("names a key and a missing certificate at once, and shows neither", () => {
  const refuse = (): unknown => readCaBundle(write(privateKey));
  expect(refuse).toThrow(/got a private key\. .*\n.*got none\. /);
  expect(refuse).not.toThrow(privateKey.split("\n")[1]);
});

test("refuses only expired certificates", () => {
  expect(() => readCaBundle(bundle, inDays(1))).not.toThrow();
  expect(() => readCaBundle(bundle, inDays(3))).toThrow(
    /^caBundle: expected at least one certificate that is valid today, got only expired certificates, the last until \d{4}-\d\d-\d\d\./,
  );
});

test("requests trust the authorities of the file, and no longer without it", async () => {
  const server = createServer({ key: privateKey, cert: certificate }, (_, response) => response.end("page"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const requestPage = (): Promise<string> => askInternet(url).then((response) => response.text(), reasonOf);
  try {
    expect(await requestPage()).toMatch(/self-signed/);
    trustCaBundle(bundle);
    expect(await requestPage()).toBe("page");
    trustCaBundle("");
    expect(await requestPage()).toMatch(/self-signed/);
    trustCaBundle(join(folder, "none"));
  } finally {
    trustCaBundle("");
    server.closeAllConnections();
    server.close();
  }
});
