import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import type { Dispatcher, Response } from "undici";
import { createDispatcher, PermanentError, proxyError, proxyOf } from "./proxy";

type Fetch = typeof import("undici").fetch;

/** Options of an HTTP request. */
export interface HttpRequestOptions {
  /** @default GET */
  method?: "GET" | "HEAD";
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Error for a redirect that Slipway refuses to follow. */
export class RefusedRedirect extends PermanentError {}

/** Maximum number of redirects of a request. */
const maxHops = 10;

/** Statuses of a redirect. 300 and 304 are not redirects. */
const redirectStatuses = [301, 302, 303, 307, 308];

/**
 * Sends a request and follows redirects. After the first https address every further address must use https too.
 *
 * @param request sends one request and does not follow redirects
 * @throws RefusedRedirect for a redirect from https to an address without TLS, and after ten redirects
 */
export const followRedirects = async <T extends Pick<Response, "status" | "headers" | "body">>(
  url: string,
  request: (url: URL) => Promise<T>,
): Promise<T> => {
  let address = new URL(url);
  for (let hops = 0; ; hops += 1) {
    const answer = await request(address);
    const location = redirectStatuses.includes(answer.status) ? answer.headers.get("location") : null;
    if (location === null) return answer;
    await answer.body?.cancel();
    const next = new URL(location, address);
    const allowed = address.protocol === "http:" ? ["http:", "https:"] : ["https:"];
    // The message omits the query, which may contain a signature that gives access to the file.
    if (!allowed.includes(next.protocol))
      throw new RefusedRedirect(`${address.host} redirects to ${next.protocol}//${next.host}, without TLS`);
    if (hops === maxHops) throw new RefusedRedirect(`${new URL(url).host} redirects more than ${maxHops} times`);
    address = next;
  }
};

/** Returns true if a server with this status may serve the file later: it is busy, or a server behind it is. */
export const isTemporaryStatus = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status);

/** Maximum of `retryAfterMs`, so that a server cannot hold a run for hours. */
const longestRetryMs = 60_000;

/**
 * Returns the milliseconds until the next try that a server asks for in Retry-After: seconds or a date, at most a minute.
 * Returns 0 without the header, and for a header that is neither.
 */
export const retryAfterMs = (header: string | null, now = Date.now()): number => {
  const text = header?.trim() ?? "";
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), longestRetryMs);
};

let authorities: string | undefined;

/** Returns the authorities that NODE_EXTRA_CA_CERTS adds. Node.js ignores a file that it cannot read. */
const extraAuthorities = (): string[] => {
  try {
    return process.env.NODE_EXTRA_CA_CERTS ? [readFileSync(process.env.NODE_EXTRA_CA_CERTS, "utf8")] : [];
  } catch {
    return [];
  }
};

/**
 * Makes all further requests of this process trust additional authorities.
 *
 * @param pem their certificates as PEM; undefined for those of Node.js alone
 */
export const trustAuthorities = (pem: string | undefined): void => {
  if (pem !== authorities) client = undefined;
  authorities = pem;
};

/** Loads undici at the first request: most runs send no request, and undici loads more slowly than Slipway itself. */
const openClient = async (): Promise<{ fetch: Fetch; dispatcher: Dispatcher }> => {
  const undici = await import("undici");
  // A list of authorities replaces those of Node.js, so the list repeats them.
  const all = authorities === undefined ? undefined : [...rootCertificates, ...extraAuthorities(), authorities];
  return { fetch: undici.fetch, dispatcher: createDispatcher(undici, all) };
};

let client: ReturnType<typeof openClient> | undefined;

/** Fields of an error of Node.js or undici. */
interface Thrown {
  name?: string;
  message?: string;
  cause?: Thrown;
  errors?: Thrown[];
}

/** Returns an error and its causes. */
export const causesOf = (error: unknown): unknown[] =>
  error === undefined ? [] : [error, ...causesOf((Object(error) as Thrown).cause)];

/** Returns the messages of an error and of its causes. */
const messagesOf = (error: unknown): string =>
  causesOf(error)
    .map((cause) => (Object(cause) as Thrown).message ?? "")
    .join("\n");

/** Throws the error of a request. If the proxy rejected the request, the error names the proxy. */
const throwNamed = (address: URL, error: unknown): never => {
  const status = /^Proxy (?:response|Authentication Required) \((\d+)\)/m.exec(messagesOf(error))?.[1];
  const proxy = status === undefined ? undefined : proxyOf(address.protocol === "http:" ? "http" : "https");
  throw proxy === undefined ? error : proxyError(proxy, "accepts requests", `status ${status}`, error);
};

/**
 * Sends a request to a server of the internet through the proxy of the environment, and follows redirects.
 *
 * @throws RefusedRedirect for a redirect from https to http, and the errors of `fetch`
 */
export const askInternet = async (url: string, options: HttpRequestOptions = {}): Promise<Response> => {
  const { fetch, dispatcher } = await (client ??= openClient());
  const { authorization, ...open } = options.headers ?? {};
  const { origin } = new URL(url);
  return followRedirects(url, (address) => {
    // A token must reach only the server that the caller named.
    const headers = authorization === undefined || address.origin !== origin ? open : { ...open, authorization };
    return fetch(address, { ...options, headers, redirect: "manual", dispatcher }).catch((error: unknown) =>
      throwNamed(address, error),
    );
  });
};

/** Returns the reason of a failed request. The message of `fetch` is only "fetch failed"; its cause has the reason. */
export const reasonOf = (error: unknown): string => {
  const { name, message, cause } = Object(error) as Thrown;
  if (name === "TimeoutError") return "no answer in time";
  // For a host with several addresses, the cause has an error for each address and an empty message.
  const reason = cause?.message || cause?.errors?.[0]?.message;
  if (message === "fetch failed" && reason) return reason;
  return [message, reason].filter(Boolean).join(": ") || String(error);
};
