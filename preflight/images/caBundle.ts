import { X509Certificate } from "node:crypto";
import { type Problem, ProblemError } from "../../lib/base/problem";
import { trustAuthorities } from "../../system/http";
import { inspectFile, readRegularFile } from "../../system/regularFile";

const key = "caBundle";
const remedy = "Name a PEM file with the certificates of the authorities";

/** Returns the PEM blocks of certificates in a text. */
const blocksOf = (text: string): string[] =>
  text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g) ?? [];

const parse = (block: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
};

const problemsIn = (text: string, now: number): Problem[] => {
  const hasKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text);
  const certificates = blocksOf(text).map(parse);
  const unreadable = certificates.findIndex((certificate) => certificate === undefined);
  const valid = certificates.some((one) => one !== undefined && Date.parse(one.validTo) > now);
  const last = certificates
    .flatMap((one) => (one === undefined ? [] : [Date.parse(one.validTo)]))
    .reduce((a, b) => Math.max(a, b), 0);
  return [
    ...(hasKey
      ? [
          {
            key,
            rule: "certificates without a private key, because each node gets a copy of the file",
            got: "a private key",
            remedy: "Remove the key from the file",
          },
        ]
      : []),
    ...(certificates.length === 0
      ? [{ key, rule: "at least one certificate in PEM format", got: "none", remedy }]
      : []),
    ...(unreadable >= 0
      ? [{ key, rule: "certificates in PEM format", got: `a broken certificate (number ${unreadable + 1})`, remedy }]
      : []),
    ...(certificates.length > 0 && unreadable < 0 && !valid
      ? [
          {
            key,
            rule: "at least one certificate that is valid today",
            got: `only expired certificates, the last until ${new Date(last).toISOString().slice(0, 10)}`,
            remedy: "Name a file with the authorities' current certificates",
          },
        ]
      : []),
  ];
};

/**
 * Reads the file of `caBundle`.
 *
 * @param now in milliseconds since 1970
 * @returns its certificates, without other text of the file
 * @throws ProblemError with all problems of the file
 */
export const readCaBundle = (path: string, now = Date.now()): string => {
  const reading = inspectFile(path).exists ? readRegularFile(path) : { fault: "no such file" };
  if ("fault" in reading)
    throw new ProblemError([{ key, rule: `a file that can be read (${reading.fault})`, received: path, remedy }]);
  const text = reading.bytes.toString("latin1").replaceAll("\r", "");
  const problems = problemsIn(text, now);
  if (problems.length > 0) throw new ProblemError(problems);
  return blocksOf(text)
    .map((block) => `${block}\n`)
    .join("");
};

/**
 * Makes requests of this process trust the authorities of `caBundle`. A wrong file has no effect, because `prepare` reports it.
 *
 * @param path empty without the setting
 */
export const trustCaBundle = (path: string): void => {
  try {
    trustAuthorities(path === "" ? undefined : readCaBundle(path));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
};
