import { isRecord } from "../base/json";
import { holdsSecretManifest } from "../kubernetes/secrets/secretText";
import { redacted } from "./rules";
import type { Redact } from "./text";

/** Names of values that are secrets wherever they stand: in kubeconfigs, kubeadm's configuration, cloud providers' objects. */
const secretName =
  /^(client-key-data|certificate-?key|encryptionsalt|secure)$|(token|token-?secret|password|passwd|passphrase|credentials?|(api|access|secret|private|signing|encryption)[-_]?key)$/i;

/** Names of environment variables whose values are secrets; others of pods say how something is set up. */
const secretVariable = /token|secret|passw|passphrase|credential|private|_key$|^key$|auth/i;

const fieldOf = (key: string, value: unknown, inside: (value: unknown) => unknown): unknown => {
  if (secretName.test(key) && (typeof value === "string" || typeof value === "number")) {
    return value === "" ? value : redacted;
  }
  return inside(value);
};

/** What an object says about itself in a second copy. */
const copies = ["kubectl.kubernetes.io/last-applied-configuration"];

const isVariable = (value: Record<string, unknown>): boolean =>
  typeof value["name"] === "string" && typeof value["value"] === "string" && secretVariable.test(value["name"]);

/** A file that kubeadm's configuration writes into nodes, whatever it holds. */
const isFile = (value: Record<string, unknown>): boolean =>
  typeof value["path"] === "string" && typeof value["content"] === "string";

const withoutData = (secret: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(secret).map(([key, value]) => [
      key,
      isRecord(value) && (key === "data" || key === "stringData")
        ? Object.fromEntries(Object.keys(value).map((name) => [name, redacted]))
        : value,
    ]),
  );

/**
 * Data of Kubernetes' and Docker's programs without secrets: by the names of fields, variables and files, and in each text
 * by what `redact` finds there. Of a Secret the keys stay.
 */
export const redactValue = (value: unknown, redact: Redact): unknown => {
  const inside = (inner: unknown): unknown => redactValue(inner, redact);
  if (typeof value === "string") return holdsSecretManifest(value) ? redacted : redact(value);
  if (Array.isArray(value)) return value.map(inside);
  if (!isRecord(value)) return value;
  const open = value["kind"] === "Secret" ? withoutData(value) : value;
  return Object.fromEntries(
    Object.entries(open)
      .filter(([key]) => !copies.includes(key))
      .map(([key, inner]) => {
        const hidden = (key === "value" && isVariable(open)) || (key === "content" && isFile(open));
        return [redact(key), hidden ? redacted : fieldOf(key, inner, inside)];
      }),
  );
};

/** Environment variables as Docker lists them, `NAME=value`: the names alone. */
export const redactEnvironment = (variables: readonly string[]): string[] =>
  variables.map((variable) => `${variable.split("=")[0]}=${redacted}`);
