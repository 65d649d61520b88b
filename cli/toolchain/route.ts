import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { show } from "../../lib/base/problem";
import { isRoute, pins, type Route } from "../../lib/versions/pins";
import { installedRoute } from "../../preflight/installedRoute";
import { writeAtomically } from "../../system/files";
import { askInternet, causesOf, isTemporaryStatus, reasonOf } from "../../system/http";
import { ProxyError } from "../../system/proxy";

/** A route and the reason of the choice. */
export interface Choice {
  route: Route;
  reason: string;
}

/** Returns the URLs that the release route must reach: a small pinned file on each host of the tools. */
export const releaseProbes = (): string[] => [
  `https://github.com/pulumi/pulumi/releases/download/v${pins.pulumi.cli}/pulumi-${pins.pulumi.cli}-checksums.txt`,
  `https://dl.k8s.io/release/v${pins.release.kubernetes}/bin/linux/amd64/kubectl.sha256`,
];

/** Returns the route in SLIPWAY_ROUTE; undefined if the variable is unset or empty. */
export const forcedRoute = (env: NodeJS.ProcessEnv = process.env): Route | undefined => {
  const value = env.SLIPWAY_ROUTE;
  if (!value) return undefined;
  if (!isRoute(value))
    throw new Error(
      `SLIPWAY_ROUTE: expected release or source, got ${show(value)}. Correct the variable, or unset it.`,
    );
  return value;
};

/** Time limits and retries of a probe. */
export interface ProbeOptions {
  /** Milliseconds until a try without an answer fails; default: 10 s. */
  timeoutMs?: number;
  /** Maximum number of tries for a host without a clear answer; default: 3. */
  tries?: number;
  /** Milliseconds before the second try, doubled before each further try; default: 1 s. */
  pauseMs?: number;
}

/** Result of the requests to the hosts of the release route. `route` is absent if the answers do not decide. */
export type ProbeResult = Omit<Choice, "route"> & { route?: Route };

/**
 * Answer of one host. `reached` and `refused` are clear answers. `silent` is a clear answer only if all hosts are silent.
 */
interface HostAnswer {
  kind: "reached" | "refused" | "silent" | "unclear";
  text: string;
}

/** Error codes of the system and of undici for a failed connection. TLS errors have other codes. */
const connectionCode = /^(E[A-Z]+|EAI_[A-Z]+|UND_ERR_(CONNECT_TIMEOUT|HEADERS_TIMEOUT|SOCKET))$/;

const failedToConnect = (error: unknown): boolean => {
  const causes = causesOf(error);
  if (causes.some((cause) => cause instanceof ProxyError)) return false;
  return causes.some((cause) => {
    const { name, code } = Object(cause) as { name?: string; code?: unknown };
    return name === "TimeoutError" || (typeof code === "string" && connectionCode.test(code));
  });
};

const probeOnce = async (url: string, timeoutMs: number): Promise<HostAnswer> => {
  const { host } = new URL(url);
  try {
    const answer = await askInternet(url, { method: "HEAD", signal: AbortSignal.timeout(timeoutMs) });
    if (answer.ok) return { kind: "reached", text: `${host} answers` };
    const isUnclear = answer.status < 400 || isTemporaryStatus(answer.status);
    return { kind: isUnclear ? "unclear" : "refused", text: `${host} answered ${answer.status} for ${url}` };
  } catch (error) {
    const kind = failedToConnect(error) ? "silent" : "unclear";
    return { kind, text: `${host} cannot be reached (${reasonOf(error)})` };
  }
};

const probeHost = async (url: string, options: ProbeOptions): Promise<HostAnswer> => {
  const { timeoutMs = 10_000, tries = 3, pauseMs = 1000 } = options;
  for (let count = 1; ; count += 1) {
    const answer = await probeOnce(url, timeoutMs);
    if (answer.kind === "reached" || answer.kind === "refused" || count >= tries) return answer;
    await sleep(pauseMs * 2 ** (count - 1));
  }
};

/**
 * Requests the pinned files, and returns the route that the answers mean. If every host serves its file, the route is
 * release. If one host refuses its file or all hosts are silent, the route is source. Other answers, for example one slow
 * host or an error of the proxy, do not decide the route.
 */
export const probeRoute = async (urls: string[], options: ProbeOptions = {}): Promise<ProbeResult> => {
  const answers = await Promise.all(urls.map((url) => probeHost(url, options)));
  const textOf = (...kinds: HostAnswer["kind"][]): string[] =>
    answers.filter(({ kind }) => kinds.includes(kind)).map(({ text }) => text);
  const [refused] = textOf("refused");
  if (refused !== undefined) return { route: "source", reason: refused };
  const unusable = textOf("silent", "unclear");
  if (unusable.length === 0)
    return { route: "release", reason: `${urls.map((url) => new URL(url).host).join(" and ")} answer` };
  const reason = unusable.join("; ");
  return textOf("silent").length === urls.length ? { route: "source", reason } : { reason };
};

const readChoice = (file: string): Choice | undefined => {
  try {
    const [route, ...reason] = readFileSync(file, "utf8").trim().split("\n");
    return isRoute(route) ? { route, reason: reason.join(" ") } : undefined;
  } catch {
    return undefined;
  }
};

/** Options of `chooseRoute`. */
export interface ChooseOptions {
  /** The checkout, whose .slipway/route stores the choice. */
  checkout: string;
  env?: NodeJS.ProcessEnv;
  /** Whether to detect the route again although an earlier run stored a choice; default: false. */
  again?: boolean;
  probe?: () => Promise<ProbeResult>;
}

/** The chosen route. `fresh` is true if the choice is new, so that the command prints it. */
export type FreshChoice = Choice & { fresh: boolean };

/**
 * Chooses the route: the route in SLIPWAY_ROUTE, otherwise the stored route, otherwise the route that the hosts' answers
 * mean. If the hosts give no clear answer, nothing is stored. Then this run uses the route of the last run, or the route of
 * the installed tools.
 *
 * @throws Error if the hosts give no clear answer, no route is stored and no tools are installed
 */
export const chooseRoute = async (options: ChooseOptions): Promise<FreshChoice> => {
  const file = join(options.checkout, ".slipway", "route");
  const before = readChoice(file);
  const forced = forcedRoute(options.env);
  if (!forced && before && !options.again) return { ...before, fresh: false };
  const { route, reason }: ProbeResult = forced
    ? { route: forced, reason: `SLIPWAY_ROUTE=${forced}` }
    : await (options.probe ?? (() => probeRoute(releaseProbes())))();
  if (route === undefined) {
    const hasTools = existsSync(join(options.checkout, ".tools"));
    const kept = before?.route ?? (hasTools ? installedRoute(options.checkout) : undefined);
    if (kept === undefined)
      throw new Error(
        `route: expected a clear answer from the hosts that serve the tools, got none after several tries: ${reason}. ` +
          "Try again later, or set SLIPWAY_ROUTE=release or SLIPWAY_ROUTE=source.",
      );
    return { route: kept, reason: `for this run, without a clear answer: ${reason}`, fresh: true };
  }
  const changed = before?.route !== route || before.reason !== reason;
  if (changed) writeAtomically(file, `${route}\n${reason}\n`, { private: true });
  return { route, reason, fresh: changed || options.again === true };
};

/** Returns the line that states the route, the reason, and the variable that forces the other route. */
export const routeLine = ({ route, reason }: Choice): string =>
  `route: ${route} (${reason}); SLIPWAY_ROUTE=${route === "release" ? "source" : "release"} forces the other one`;
