import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRoute, pins, type Route } from "../../lib/versions/pins";
import { writeAtomically } from "../../system/files";
import { askInternet, reasonOf } from "../../system/http";

/** A route and why it was taken. */
export interface Choice {
  route: Route;
  reason: string;
}

/** What the release route has to reach: a small pinned file on each host that serves the tools. */
export const releaseProbes = (): string[] => [
  `https://github.com/pulumi/pulumi/releases/download/v${pins.pulumi.cli}/pulumi-${pins.pulumi.cli}-checksums.txt`,
  `https://dl.k8s.io/release/v${pins.release.kubernetes}/bin/linux/amd64/kubectl.sha256`,
];

/** The route that SLIPWAY_ROUTE demands; undefined where it is unset or empty. */
export const forcedRoute = (env: NodeJS.ProcessEnv = process.env): Route | undefined => {
  const value = env.SLIPWAY_ROUTE;
  if (!value) return undefined;
  if (!isRoute(value)) throw new Error(`SLIPWAY_ROUTE is "${value}": it takes release or source (or leave it unset)`);
  return value;
};

/** Asks for the pinned files; the first that cannot be had decides for the source route. */
export const probeRoute = async (urls: string[], timeoutMs = 10_000): Promise<Choice> => {
  const ask = async (url: string): Promise<string | undefined> => {
    const host = new URL(url).host;
    try {
      const answer = await askInternet(url, { method: "HEAD", signal: AbortSignal.timeout(timeoutMs) });
      return answer.ok ? undefined : `${host} answered ${answer.status} for ${url}`;
    } catch (error) {
      return `${host} cannot be reached (${reasonOf(error)})`;
    }
  };
  const problems = (await Promise.all(urls.map(ask))).filter((problem) => problem !== undefined);
  if (problems[0] !== undefined) return { route: "source", reason: problems[0] };
  return { route: "release", reason: `${urls.map((url) => new URL(url).host).join(" and ")} answer` };
};

const remembered = (file: string): Choice | undefined => {
  try {
    const [route, ...reason] = readFileSync(file, "utf8").trim().split("\n");
    return isRoute(route) ? { route, reason: reason.join(" ") } : undefined;
  } catch {
    return undefined;
  }
};

/** How `chooseRoute` goes about it. */
export interface ChooseOptions {
  /** The checkout; the choice is kept in its .slipway/route. */
  checkout: string;
  env?: NodeJS.ProcessEnv;
  /** Try again even where an earlier run decided. */
  again?: boolean;
  probe?: () => Promise<Choice>;
}

/** Picks the route: forced, else remembered, else by trying. `fresh` tells whether there is something new to say. */
export const chooseRoute = async (options: ChooseOptions): Promise<Choice & { fresh: boolean }> => {
  const file = join(options.checkout, ".slipway", "route");
  const before = remembered(file);
  const forced = forcedRoute(options.env);
  if (!forced && before && !options.again) return { ...before, fresh: false };
  const choice: Choice = forced
    ? { route: forced, reason: `SLIPWAY_ROUTE=${forced}` }
    : await (options.probe ?? (() => probeRoute(releaseProbes())))();
  const changed = before?.route !== choice.route || before.reason !== choice.reason;
  if (changed) writeAtomically(file, `${choice.route}\n${choice.reason}\n`, { private: true });
  return { ...choice, fresh: changed || options.again === true };
};
