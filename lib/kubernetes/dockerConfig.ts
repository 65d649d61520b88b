import { asText, isRecord, valueAt } from "../base/json";

/** User name and password of a registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * What Docker knows about a registry's login: a login, a helper that has it, or an identity token, which only Docker can use.
 */
export type StoredLogin = RegistryLogin | { readonly helper: string } | "identity token" | undefined;

/** Key of Docker Hub's login, for Docker and for kubelet. */
const hubKey = "https://index.docker.io/v1/";

const hubHosts = ["registry-1.docker.io", "index.docker.io", "docker.io"];

/** Returns the key of a registry's login in Docker's config.json. */
export const loginKey = (host: string): string => (hubHosts.includes(host) ? hubKey : host);

/** Returns the command that logs in to a registry. Without a host, it logs in to Docker Hub. */
export const loginCommand = (host: string): string => `docker login${hubHosts.includes(host) ? "" : ` ${host}`}`;

/** Returns the host of a key, which may be a URL. */
const hostOfKey = (key: string): string => key.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";

/** Returns the entry of a registry in a map of Docker's config.json: by its exact key, or by the host in the key. */
const entryOf = (map: unknown, host: string): unknown => {
  if (!isRecord(map)) return undefined;
  const key = loginKey(host);
  if (Object.hasOwn(map, key)) return map[key];
  const wanted = hubHosts.includes(host) ? hubHosts : [host];
  return Object.entries(map).find(([name]) => wanted.includes(hostOfKey(name)))?.[1];
};

/** Docker's name of the user of an identity token. */
const tokenUser = "<token>";

/** Returns the login of an entry of `auths`: `auth` is USER:PASSWORD in base64. */
const loginOfEntry = (entry: unknown): StoredLogin => {
  if (asText(valueAt(entry, "identitytoken")) !== "") return "identity token";
  const [, user = "", secret = ""] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(asText(valueAt(entry, "auth")), "base64").toString("utf8")) ?? [];
  const username = user || asText(valueAt(entry, "username"));
  // Docker accepts zeros at the end, which an old program wrote.
  const password = secret.replace(/\0+$/, "") || asText(valueAt(entry, "password"));
  if (username === tokenUser) return "identity token";
  return username === "" || password === "" ? undefined : { username, password };
};

/** Returns what a parsed config.json has about a registry. A helper comes before `auths`, as in Docker. */
export const storedLogin = (config: unknown, host: string): StoredLogin => {
  const helper = asText(entryOf(valueAt(config, "credHelpers"), host)) || asText(valueAt(config, "credsStore"));
  return helper === "" ? fileLogin(config, host) : { helper };
};

/** Returns the login that the file itself has, without helpers. */
export const fileLogin = (config: unknown, host: string): Exclude<StoredLogin, { helper: string }> =>
  loginOfEntry(entryOf(valueAt(config, "auths"), host)) as Exclude<StoredLogin, { helper: string }>;

/** Returns the login that a helper printed; undefined for an answer without a login. */
export const helperLogin = (answer: unknown): Exclude<StoredLogin, { helper: string }> => {
  const [username, password] = [asText(valueAt(answer, "Username")), asText(valueAt(answer, "Secret"))];
  if (username === tokenUser) return "identity token";
  return username === "" || password === "" ? undefined : { username, password };
};

/** Returns USER:PASSWORD in base64, as HTTP and Docker's config.json have it. */
export const basicAuth = ({ username, password }: RegistryLogin): string =>
  Buffer.from(`${username}:${password}`).toString("base64");

/** Returns kubelet's config.json with the logins of some registries, by host. The order of the hosts has no effect. */
export const kubeletConfig = (logins: ReadonlyMap<string, RegistryLogin>): string => {
  const auths = [...logins].map(([host, login]) => [loginKey(host), { auth: basicAuth(login) }] as const);
  auths.sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ auths: Object.fromEntries(auths) })}\n`;
};

/** Returns the secrets in a text that is a config.json: each `auth`, and each password in it. */
export const secretsOfDockerConfig = (text: string): string[] =>
  [...text.matchAll(/"auth"\s*:\s*"([^"]+)"/g)].flatMap(([, auth = ""]) => {
    const password = /:(.*)$/s.exec(Buffer.from(auth, "base64").toString("utf8"))?.[1];
    return password === undefined ? [auth] : [auth, password];
  });
