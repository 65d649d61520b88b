import { openKeys } from "../base/secretForms";

const decoded = (value: string): string => Buffer.from(value, "base64").toString("utf8");

/** Client keys, tokens and passwords in a kubeconfig. */
export const knownOfKubeconfig = (text: string): string[] =>
  [...text.matchAll(/^\s*(?:- )?(?:client-key-data|token|password):[ \t]*["']?([^\s"']+)/gm)].map(
    ([, value = ""]) => value,
  );

/** A value that is long enough not to be an everyday word, and short enough to be searched for as a whole. */
export const isTelling = (value: string): boolean => value.length >= 8 && value.length <= 4096;

interface SecretObject {
  data?: Readonly<Record<string, string>>;
}

/**
 * Tokens, passwords and the like: whole values of Secrets, and what kubeconfigs in them hold. The rules find keys in PEM
 * by their form.
 */
export const knownOfSecrets = (secrets: readonly SecretObject[]): string[] =>
  secrets.flatMap(({ data = {} }) =>
    Object.entries(data).flatMap(([key, value]) => {
      if (openKeys.test(key)) return [];
      const text = decoded(value).trim();
      return [...(isTelling(text) ? [text] : []), ...knownOfKubeconfig(text)];
    }),
  );

/** Values of environment variables that are secrets by their names, the passphrase of the state among them. */
export const knownOfEnvironment = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    /token|secret|passw|passphrase|credential|api_?key|access_?key/i.test(name) &&
    !/_(file|path)$/i.test(name) &&
    value !== undefined &&
    value.length >= 8
      ? [value]
      : [],
  );
