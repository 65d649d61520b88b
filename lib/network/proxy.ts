import type { Cidr } from "./cidr";
import { parseNetwork } from "./parse";

/** Environment variables of a proxy, in upper case; absent without a value. */
export interface ProxyVariables {
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  /** Hosts and networks without a proxy, separated by commas. */
  readonly NO_PROXY?: string;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"] as const;

/** Hosts that no proxy reaches: this machine, and the names of Services. */
const localHosts = ["localhost", "127.0.0.1", "::1", ".svc", ".cluster.local"];

/** Returns the variables of a proxy. Lower case comes first, as in curl. An empty variable counts as absent. */
export const readProxyVariables = (env: Environment): ProxyVariables =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name.toLowerCase()] || env[name];
      return value ? [[name, value]] : [];
    }),
  );

/** Returns true if the variables name a proxy. */
export const hasProxy = ({ HTTP_PROXY, HTTPS_PROXY }: ProxyVariables): boolean =>
  HTTP_PROXY !== undefined || HTTPS_PROXY !== undefined;

const entriesOf = (list = ""): string[] =>
  list
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");

/**
 * Completes NO_PROXY with hosts and networks that no proxy reaches. The user's own entries come first and stay. Without a
 * proxy, the variables stay as they are.
 *
 * @param networks networks of nodes, pods and Services
 * @param domains DNS domains of Services besides cluster.local
 */
export const completeProxyVariables = (
  variables: ProxyVariables,
  networks: readonly Pick<Cidr, "text">[],
  domains: readonly string[] = [],
): ProxyVariables => {
  if (!hasProxy(variables)) return variables;
  const entries = entriesOf(variables.NO_PROXY);
  const needed = [...localHosts, ...domains.map((domain) => `.${domain}`), ...networks.map(({ text }) => text)];
  return { ...variables, NO_PROXY: [...new Set([...entries, ...needed])].join(",") };
};

/** Returns variables in both cases, since programs read one or the other. */
export const inBothCases = (variables: ProxyVariables): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]: [string, string]) => [
      [name, value],
      [name.toLowerCase(), value],
    ]),
  );

const parseEntry = (entry: string): Cidr | undefined => {
  try {
    return parseNetwork(entry);
  } catch {
    return undefined; // the entry is a host
  }
};

/** Returns the networks whose addresses programs would ask from the proxy: those that NO_PROXY does not contain. */
export const networksBehindProxy = (variables: ProxyVariables, networks: readonly Cidr[]): Cidr[] => {
  const entries = entriesOf(variables.NO_PROXY);
  if (!hasProxy(variables) || entries.includes("*")) return [];
  const excepted = entries.map(parseEntry).filter((network) => network !== undefined);
  return networks.filter(
    ({ family, first, last }) =>
      !excepted.some((other) => other.family === family && other.first <= first && other.last >= last),
  );
};

/** Returns the host of a proxy's URL, which may lack a scheme; undefined if the value is not a URL. */
export const proxyHost = (value: string): string | undefined => {
  const text = value.includes("://") ? value : `http://${value}`;
  return URL.canParse(text) ? new URL(text).hostname.replace(/^\[|\]$/g, "") : undefined;
};

/** Returns true for the name or an address of this machine, which in a node means the node itself. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

/** Returns the variables without proxies at addresses of this machine. */
export const withoutLoopback = (variables: ProxyVariables): ProxyVariables =>
  Object.fromEntries(
    Object.entries(variables).filter(
      ([name, value]: [string, string]) => name === "NO_PROXY" || !isLoopback(proxyHost(value) ?? ""),
    ),
  );
