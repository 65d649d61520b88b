import { isRecord, listAt, valueAt } from "../../base/json";
import type { Problem } from "../../base/problem";
import { secretVariable } from "../../cluster/kubeadm";
import type { KubeadmSettings } from "../../cluster/spec";
import { holdsPlainSecret, isPlainSecret, secretAssignments } from "../../kubernetes/secrets/plainText";

/** A text of the settings, with its place. */
interface Text {
  readonly key: string;
  readonly value: string;
  /** Name of the argument or variable that has the text as its value. */
  readonly name?: string;
}

/** Returns all texts in a value, each with the name of its argument, variable or field. */
const textsIn = (value: unknown, key: string, name?: string): Text[] => {
  if (typeof value === "string") return [{ key, value, ...(name === undefined ? {} : { name }) }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, `${key}[${index}]`));
  if (!isRecord(value)) return [];
  const { name: ofPair } = value;
  return Object.entries(value).flatMap(([field, inner]) =>
    textsIn(inner, `${key}.${field}`, field === "value" && typeof ofPair === "string" ? ofPair : field),
  );
};

const rule = "no secret in plain text";
const remedy = (use: string): string =>
  `Write \${NAME} in its place, and set it with pulumi config set --secret --path 'slipway:templateSecrets.NAME'${use}`;

/** Finds secrets in plain text: passwords of users, private keys, and values behind names such as `password`. */
export const kubeadmSecretProblems = (kubeadm: KubeadmSettings, key: string): Problem[] => {
  const passwords = listAt(kubeadm, "users").flatMap((user, index): Problem[] => {
    const passwd = valueAt(user, "passwd");
    const isOpen = typeof passwd === "string" && passwd.replace(secretVariable, "") !== "";
    const place = `${key}.users[${index}].passwd`;
    return isOpen ? [{ key: place, rule, got: "a password", remedy: remedy(", or use passwdFrom") }] : [];
  });
  const texts = textsIn(kubeadm, key).filter(({ key: place }) => !/\.users\[\d+\]\.passwd$/.test(place));
  return [
    ...passwords,
    ...texts
      .filter(({ value, name }) => (name !== undefined && isSecretPair(name, value)) || holdsPlainSecret(value))
      .map(({ key: place }) => {
        const use = /\.files\[\d+\]\.content$/.test(place) ? ", or use contentFrom" : "";
        return { key: place, rule, got: "one", remedy: remedy(use) };
      }),
  ];
};

/** Names of fields whose values are names of Secrets, or keys in them. */
const isSecretPair = (name: string, value: string): boolean => name !== "key" && isPlainSecret(name, value);

/**
 * Returns the names of variables in places of secrets: passwords of users, and values behind names such as `password` in
 * files. Scripts and commands have variables of their own.
 */
export const secretVariablesIn = (kubeadm: KubeadmSettings): string[] => {
  const passwords = listAt(kubeadm, "users").map((user) => valueAt(user, "passwd"));
  const contents = listAt(kubeadm, "files").map((file) => valueAt(file, "content"));
  const inFiles = contents.flatMap((content) =>
    typeof content === "string" && !content.startsWith("#!") ? secretAssignments(content) : [],
  );
  const texts = [...passwords, ...inFiles].filter((text) => typeof text === "string");
  return [...new Set(texts.flatMap((text) => [...text.matchAll(secretVariable)].map(([, name = ""]) => name)))];
};
