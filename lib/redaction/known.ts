/** Keys of Secrets whose values are public, or no more than words. */
const openKeys =
  /\.crt$|^(namespace|expiration|description|token-id|auth-extra-groups|usage-.*|type|username|url|name|format)$/;

const decoded = (value: string): string => Buffer.from(value, "base64").toString("utf8");

/** Client keys, tokens and passwords in a kubeconfig. */
export const knownOfKubeconfig = (text: string): string[] =>
  [...text.matchAll(/^\s*(?:- )?(?:client-key-data|token|password):[ \t]*["']?([^\s"']+)/gm)].map(
    ([, value = ""]) => value,
  );

/** A value that is one word, and long enough to be no everyday one. */
const isWord = (value: string): boolean => /^\S{8,4096}$/.test(value);

interface SecretObject {
  data?: Readonly<Record<string, string>>;
}

/**
 * Tokens, passwords and the like in the values of Secrets, and what kubeconfigs in them hold. Keys in PEM are told by
 * their form.
 */
export const knownOfSecrets = (secrets: readonly SecretObject[]): string[] =>
  secrets.flatMap(({ data = {} }) =>
    Object.entries(data).flatMap(([key, value]) => {
      if (openKeys.test(key)) return [];
      const text = decoded(value);
      return [...(isWord(text) ? [text] : []), ...knownOfKubeconfig(text)];
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
