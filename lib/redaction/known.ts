import { openKeys } from "../base/secretForms";
import { secretsOfDockerConfig } from "../kubernetes/dockerConfig";

const decoded = (value: string): string => Buffer.from(value, "base64").toString("utf8");

/** Returns client keys, tokens and passwords of a kubeconfig. */
export const knownOfKubeconfig = (text: string): string[] =>
  [...text.matchAll(/^\s*(?:- )?(?:client-key-data|token|password):[ \t]*["']?([^\s"']+)/gm)].map(
    ([, value = ""]) => value,
  );

/** Returns true for a value that is long enough not to be a common word, and short enough for a search. */
export const isTelling = (value: string): boolean => value.length >= 8 && value.length <= 4096;

interface SecretObject {
  data?: Readonly<Record<string, string>>;
}

/**
 * Returns known secrets: whole values of Secrets, such as tokens and passwords, and secrets of kubeconfigs and of
 * registries' logins inside them.
 * The rules recognize PEM keys by their format.
 */
export const knownOfSecrets = (secrets: readonly SecretObject[]): string[] =>
  secrets.flatMap(({ data = {} }) =>
    Object.entries(data).flatMap(([key, value]) => {
      if (openKeys.test(key)) return [];
      const text = decoded(value).trim();
      return [
        ...(isTelling(text) ? [text] : []),
        ...knownOfKubeconfig(text),
        ...secretsOfDockerConfig(text).filter(isTelling),
      ];
    }),
  );

/** Returns values of environment variables with secret names, including the passphrase of the state. */
export const knownOfEnvironment = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    /token|secret|passw|passphrase|credential|api_?key|access_?key/i.test(name) &&
    !/_(file|path)$/i.test(name) &&
    value !== undefined &&
    value.length >= 8
      ? [value]
      : [],
  );
