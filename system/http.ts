import type { Dispatcher, Response } from "undici";
import { createDispatcher, PermanentError, proxyError, proxyOf } from "./proxy";

type Fetch = typeof import("undici").fetch;

/** A question to a server of the internet. */
export interface HttpQuestion {
  /** Default: GET. */
  method?: "GET" | "HEAD";
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** A redirect that is not followed. */
export class RefusedRedirect extends PermanentError {}

/** The most redirects that one question follows. */
const maxHops = 10;

/** The statuses that name another address; 300 and 304 do not. */
const redirectStatuses = [301, 302, 303, 307, 308];

/**
 * Asks, and follows redirects. A question that reached https stays with https.
 *
 * @param ask asks one address and follows no redirect
 * @throws RefusedRedirect for an address without TLS after one with TLS, and after ten redirects
 */
export const followRedirects = async <T extends Pick<Response, "status" | "headers" | "body">>(
  url: string,
  ask: (url: URL) => Promise<T>,
): Promise<T> => {
  let address = new URL(url);
  for (let hops = 0; ; hops += 1) {
    const answer = await ask(address);
    const location = redirectStatuses.includes(answer.status) ? answer.headers.get("location") : null;
    if (location === null) return answer;
    await answer.body?.cancel();
    const next = new URL(location, address);
    const allowed = address.protocol === "http:" ? ["http:", "https:"] : ["https:"];
    // The query may hold a signature that opens the file.
    if (!allowed.includes(next.protocol))
      throw new RefusedRedirect(`${address.host} redirects to ${next.protocol}//${next.host}, without TLS`);
    if (hops === maxHops) throw new RefusedRedirect(`${new URL(url).host} redirects more than ${maxHops} times`);
    address = next;
  }
};

/** Loads undici at the first question: most runs ask nothing, and it takes longer than Slipway itself. */
const openClient = async (): Promise<{ fetch: Fetch; dispatcher: Dispatcher }> => {
  const undici = await import("undici");
  return { fetch: undici.fetch, dispatcher: createDispatcher(undici) };
};

let client: ReturnType<typeof openClient> | undefined;

/** What an error says, whichever part of Node made it. */
interface Thrown {
  name?: string;
  message?: string;
  cause?: Thrown;
  errors?: Thrown[];
}

/** Returns an error's text and those of its causes. */
const messagesOf = (error: unknown): string => {
  const { message = "", cause } = Object(error) as Thrown;
  return cause === undefined ? message : `${message}\n${messagesOf(cause)}`;
};

/** Throws what a question ended with; names the proxy where the proxy refused. */
const throwNamed = (address: URL, error: unknown): never => {
  const status = /^Proxy (?:response|Authentication Required) \((\d+)\)/m.exec(messagesOf(error))?.[1];
  const proxy = status === undefined ? undefined : proxyOf(address.protocol === "http:" ? "http" : "https");
  throw proxy === undefined ? error : proxyError(proxy, "lets questions pass", `status ${status}`, error);
};

/**
 * Asks a server of the internet, through the proxy that the environment names, and follows redirects.
 *
 * @throws RefusedRedirect for a redirect that leaves TLS, and what `fetch` throws
 */
export const askInternet = async (url: string, question: HttpQuestion = {}): Promise<Response> => {
  const { fetch, dispatcher } = await (client ??= openClient());
  const { authorization, ...open } = question.headers ?? {};
  const { origin } = new URL(url);
  return followRedirects(url, (address) => {
    // A token is for the server that it was made for.
    const headers = authorization === undefined || address.origin !== origin ? open : { ...open, authorization };
    return fetch(address, { ...question, headers, redirect: "manual", dispatcher }).catch((error: unknown) =>
      throwNamed(address, error),
    );
  });
};

/** Returns why a question failed; `fetch` itself says "fetch failed" and keeps the reason in the cause. */
export const reasonOf = (error: unknown): string => {
  const { name, message, cause } = Object(error) as Thrown;
  if (name === "TimeoutError") return "no answer in time";
  // A host with several addresses has an error for each of them, and none for all.
  const reason = cause?.message || cause?.errors?.[0]?.message;
  if (message === "fetch failed" && reason) return reason;
  return [message, reason].filter(Boolean).join(": ") || String(error);
};
