import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRoute, pins, type Route } from "../../lib/versions/pins";
import { writeAtomically } from "../../system/files";
import { askInternet, reasonOf } from "../../system/http";

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
    throw new Error(`SLIPWAY_ROUTE: expected release or source, got "${value}". Correct the variable, or unset it.`);
  return value;
};

/** Requests the pinned files. The first failure selects the source route. */
export const probeRoute = async (urls: string[], timeoutMs = 10_000): Promise<Choice> => {
  const probe = async (url: string): Promise<string | undefined> => {
    const host = new URL(url).host;
    try {
      const answer = await askInternet(url, { method: "HEAD", signal: AbortSignal.timeout(timeoutMs) });
      return answer.ok ? undefined : `${host} answered ${answer.status} for ${url}`;
    } catch (error) {
      return `${host} cannot be reached (${reasonOf(error)})`;
    }
  };
  const problems = (await Promise.all(urls.map(probe))).filter((problem) => problem !== undefined);
  if (problems[0] !== undefined) return { route: "source", reason: problems[0] };
  return { route: "release", reason: `${urls.map((url) => new URL(url).host).join(" and ")} answer` };
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
  /** Detect the route again, although an earlier run stored a choice. */
  again?: boolean;
  probe?: () => Promise<Choice>;
}

/** Chooses the route: from SLIPWAY_ROUTE, else the stored route, else by requests. `fresh` is true if the choice is new. */
export const chooseRoute = async (options: ChooseOptions): Promise<Choice & { fresh: boolean }> => {
  const file = join(options.checkout, ".slipway", "route");
  const before = readChoice(file);
  const forced = forcedRoute(options.env);
  if (!forced && before && !options.again) return { ...before, fresh: false };
  const choice: Choice = forced
    ? { route: forced, reason: `SLIPWAY_ROUTE=${forced}` }
    : await (options.probe ?? (() => probeRoute(releaseProbes())))();
  const changed = before?.route !== choice.route || before.reason !== choice.reason;
  if (changed) writeAtomically(file, `${choice.route}\n${choice.reason}\n`, { private: true });
  return { ...choice, fresh: changed || options.again === true };
};
