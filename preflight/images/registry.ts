import { basicAuth, type RegistryLogin } from "../../lib/kubernetes/dockerConfig";
import { askInternet, reasonOf } from "../../system/http";

/** Registry, repository and reference of an image. As in Docker, the default registry is `docker.io`. */
export interface ImageAddress {
  /** Host of the registry's API, with an optional port. */
  readonly host: string;
  readonly repository: string;
  /** Tag or digest; `latest` by default. */
  readonly reference: string;
}

/**
 * State of an image in its registry. `unknown` is the reason why the state could not be read. `isRefused` is true if the
 * registry demands a login, or another login.
 */
export type RegistryAnswer = "there" | "missing" | { readonly unknown: string; readonly isRefused?: true };

/** Parses an image as Docker does: the first part is a host if it has a dot or a port, or is localhost. */
export const imageAddress = (image: string): ImageAddress => {
  const [name = "", digest] = image.split("@");
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === "localhost";
  const [, path = "", tag = "latest"] = /^(.*?)(?::([^:/]+))?$/.exec(hasHost ? name.slice(slash + 1) : name) ?? [];
  const hub = !hasHost || first === "docker.io";
  return {
    host: hub ? "registry-1.docker.io" : first,
    repository: hub && !path.includes("/") ? `library/${path}` : path,
    reference: digest ?? tag,
  };
};

const accept = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Returns the address of a registry's API. As for Docker, a registry on this machine needs no certificate. */
export const registryUrl = (host: string): string =>
  `${/^(localhost|127(\.\d+){3})(:\d+)?$/.test(host) ? "http" : "https"}://${host}/v2/`;

/** Options of a question to a registry. */
export interface RegistryQuestion {
  /** Limit for each request, in milliseconds. @default 10 s */
  readonly timeout?: number;
  /** @default - a question without a login */
  readonly login?: RegistryLogin | undefined;
}

/** Queries whether the image's registry has the tag or digest, without a pull. */
export const askRegistry = async (
  image: string,
  { timeout = 10_000, login }: RegistryQuestion = {},
): Promise<RegistryAnswer> => {
  const { host, repository, reference } = imageAddress(image);
  const url = `${registryUrl(host)}${repository}/manifests/${reference}`;
  const requestHead = (address: string, headers: Record<string, string>): ReturnType<typeof askInternet> =>
    askInternet(address, { method: "HEAD", headers: { accept, ...headers }, signal: AbortSignal.timeout(timeout) });
  try {
    let response = await requestHead(url, {});
    const challenge = response.headers.get("www-authenticate");
    if (response.status === 401 && challenge !== null) {
      // registry.k8s.io redirects to another host. The challenge is that host's, and so is the token, but not the login.
      const usable = new URL(response.url).origin === new URL(url).origin ? login : undefined;
      const authorization = await authorizationFor(challenge, timeout, usable);
      if (authorization !== undefined) response = await requestHead(response.url, { authorization });
    }
    if (response.ok) return "there";
    if (response.status === 404) return "missing";
    const unknown = `${host} answered HTTP ${response.status}`;
    return [401, 403].includes(response.status) ? { unknown, isRefused: true } : { unknown };
  } catch (error) {
    return { unknown: `${host} does not answer: ${reasonOf(error)}` };
  }
};

/** Returns the header that answers a challenge: the login itself, or a token for it. */
const authorizationFor = async (
  challenge: string,
  timeout: number,
  login: RegistryLogin | undefined,
): Promise<string | undefined> => {
  const basic = login && `Basic ${basicAuth(login)}`;
  if (/^basic /i.test(challenge)) return basic;
  const token = await tokenOf(challenge, timeout, basic);
  return token === undefined ? undefined : `Bearer ${token}`;
};

/** Requests a token of a registry's token service, anonymously or with a login; undefined without the token. */
const tokenOf = async (
  challenge: string,
  timeout: number,
  authorization: string | undefined,
): Promise<string | undefined> => {
  const part = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = part("realm");
  if (!/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  for (const name of ["service", "scope"]) {
    const value = part(name);
    if (value !== undefined) url.searchParams.set(name, value);
  }
  // Only a registry of this machine may send a login to a service without TLS.
  const isSafe = url.protocol === "https:" || registryUrl(url.host).startsWith("http:");
  const headers: Record<string, string> = authorization !== undefined && isSafe ? { authorization } : {};
  const response = await askInternet(url.href, { headers, signal: AbortSignal.timeout(timeout) });
  if (!response.ok) return undefined;
  const { token, access_token: accessToken } = (await response.json()) as { token?: unknown; access_token?: unknown };
  return [token, accessToken].find((value): value is string => typeof value === "string");
};
