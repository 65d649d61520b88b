import { isRecord } from "../base/json";
import { holdsSecretManifest } from "../kubernetes/secrets/secretText";
import { redacted } from "./rules";
import type { Redact } from "./text";

/** Names of secret values anywhere: in kubeconfigs, kubeadm's configuration, objects of cloud providers. */
const secretName =
  /^(client-key-data|certificate-?key|encryptionsalt|secure)$|(token|token-?secret|password|passwd|passphrase|credentials?|(api|access|secret|private|signing|encryption)[-_]?key)$/i;

/** Names of environment variables with secret values. Other variables of pods are configuration. */
const secretVariable = /token|secret|passw|passphrase|credential|private|_key$|^key$|auth/i;

const fieldOf = (key: string, value: unknown, redactInner: (value: unknown) => unknown): unknown => {
  if (secretName.test(key) && (typeof value === "string" || typeof value === "number")) {
    return value === "" ? value : redacted;
  }
  return redactInner(value);
};

/** Annotations that contain a copy of the object. */
const copies = ["kubectl.kubernetes.io/last-applied-configuration"];

const isVariable = (value: Record<string, unknown>): boolean =>
  typeof value["name"] === "string" && typeof value["value"] === "string" && secretVariable.test(value["name"]);

/** Returns true for a file that kubeadm's configuration writes into nodes, whatever it contains. */
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
 * Returns data of Kubernetes and Docker programs without secrets. Fields, variables and files are recognized by their
 * names; `redact` handles each text. A Secret keeps its keys.
 */
export const redactValue = (value: unknown, redact: Redact): unknown => {
  const redactInner = (inner: unknown): unknown => redactValue(inner, redact);
  if (typeof value === "string") return holdsSecretManifest(value) ? redacted : redact(value);
  if (Array.isArray(value)) return value.map(redactInner);
  if (!isRecord(value)) return value;
  const open = value["kind"] === "Secret" ? withoutData(value) : value;
  return Object.fromEntries(
    Object.entries(open)
      .filter(([key]) => !copies.includes(key))
      .map(([key, inner]) => {
        const hidden = (key === "value" && isVariable(open)) || (key === "content" && isFile(open));
        return [redact(key), hidden ? redacted : fieldOf(key, inner, redactInner)];
      }),
  );
};

/** Returns the names of environment variables that Docker lists as `NAME=value`. */
export const redactEnvironment = (variables: readonly string[]): string[] =>
  variables.map((variable) => `${variable.split("=")[0]}=${redacted}`);
