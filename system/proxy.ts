import type { buildConnector, Dispatcher, EnvHttpProxyAgent, ProxyAgent } from "undici";

/** Error of a request that fails at every try. */
export class PermanentError extends Error {}

/** What is wrong with the proxy that a variable names. It says nothing about the host behind the proxy. */
export class ProxyError extends Error {}

/** URL of a proxy, and the environment variable that contains it. */
interface Proxy {
  variable: string;
  url: URL;
}

/** Time limits in milliseconds for a connection and for each address of the host. Node.js gives an address only 250 ms. */
const limits = { timeout: 30_000, autoSelectFamilyAttemptTimeout: 5000 };

/** Environment variables of each protocol in reading order. */
const variablesOf = { http: ["http_proxy", "HTTP_PROXY"], https: ["https_proxy", "HTTPS_PROXY"] };

/**
 * Parses the URL of a proxy. Without a scheme, `http://` applies, as in curl and Go.
 *
 * @throws if the value is not the URL of an HTTP proxy
 */
const parseProxy = (variable: string, text: string): Proxy => {
  const whole = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return { variable, url };
  // The error omits the value, which may contain a password.
  const got = url === undefined ? "a value that is not a URL" : `${url.protocol}//…`;
  throw new ProxyError(
    `${variable}: expected the URL of a proxy with http:// or https://, got ${got}. Correct the variable.`,
  );
};

const readVariables = (names: readonly string[]): Proxy | undefined => {
  const variable = names.find((name) => process.env[name]);
  return variable === undefined ? undefined : parseProxy(variable, process.env[variable] ?? "");
};

/**
 * Returns the proxy that the environment names for a protocol, also where NO_PROXY excepts some hosts.
 *
 * @throws if the variable does not hold the URL of an HTTP proxy
 */
export const proxyOf = (protocol: "http" | "https"): Proxy | undefined =>
  readVariables(variablesOf[protocol]) ?? (protocol === "https" ? proxyOf("http") : undefined);

/** Returns the error for a proxy that rejects requests. The error does not show the proxy's password. */
export const proxyError = ({ variable, url }: Proxy, expected: string, got: string, cause?: unknown): ProxyError =>
  new ProxyError(
    `${variable}: expected a proxy that ${expected}, got ${got} from ${url.protocol}//${url.host}. ` +
      "Correct the variable, or add the host to NO_PROXY.",
    { cause },
  );

/** Wraps a connector so that its errors name the proxy. */
const nameProxy =
  (proxy: Proxy, connect: buildConnector.connector): buildConnector.connector =>
  (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (socket) return callback(null, socket);
      const { message, errors } = error as Error & { errors?: Error[] };
      callback(proxyError(proxy, "answers", message || (errors?.[0]?.message ?? "no answer"), error), null);
    });

/** Calls a function and hides the warnings of the process, which users cannot act on. */
const withoutWarnings = <T>(create: () => T): T => {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return create();
  } finally {
    process.emitWarning = emitWarning;
  }
};

/**
 * Creates the dispatcher of all internet requests. It uses the proxies of HTTP_PROXY and HTTPS_PROXY, except for the
 * hosts of NO_PROXY and for this machine.
 *
 * @param authorities PEM texts of the authorities to trust; default: those of Node.js
 */
export const createDispatcher = (
  undici: Pick<typeof import("undici"), "EnvHttpProxyAgent" | "Pool">,
  authorities?: readonly string[],
): Dispatcher => {
  const tls = authorities === undefined ? limits : { ...limits, ca: [...authorities] };
  const [http, https] = [proxyOf("http"), proxyOf("https")];
  const createPool = (origin: string | URL, options: object): Dispatcher => {
    const { connect } = options as { connect: buildConnector.connector };
    const proxy = [https, http].find((known) => known?.url.href === new URL(origin).href);
    return new undici.Pool(origin, { ...options, ...(proxy && { connect: nameProxy(proxy, connect) }) });
  };
  const options: EnvHttpProxyAgent.Options & Omit<ProxyAgent.Options, "uri"> = {
    httpProxy: http?.url.href ?? "",
    httpsProxy: https?.url.href ?? "",
    noProxy: [process.env["no_proxy"] || process.env["NO_PROXY"], "localhost", "127.0.0.1", "[::1]"].join(","),
    connect: tls,
    proxyTls: tls,
    requestTls: tls,
    // Proxies forward plain HTTP. Many proxies allow tunnels only to port 443.
    proxyTunnel: false,
    clientFactory: createPool,
    factory: createPool,
  };
  // undici warns that this class is experimental; package.json pins its version.
  return withoutWarnings(() => new undici.EnvHttpProxyAgent(options));
};
