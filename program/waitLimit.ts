import type * as pulumi from "@pulumi/pulumi";
import { packagedStepType } from "../components/kubernetes/step";
import { ProblemError } from "../lib/base/problem";
import type { KubernetesObject } from "../lib/kubernetes/object";
import { runsPods } from "../lib/kubernetes/waits";
import type { Settings } from "../lib/settings/types";

/** The environment variable that limits every wait. steps/environment.sh reads it too. */
export const waitLimitVariable = "SLIPWAY_TIMEOUT";

/** Time limits of a resource's operations, as Pulumi writes durations. */
export interface Timeouts {
  create?: string;
  update?: string;
  delete?: string;
}

/**
 * Returns the limit of every wait in seconds; undefined if the variable is not set.
 *
 * @throws ProblemError if the value is not a number of seconds
 */
export const waitLimit = (env: NodeJS.ProcessEnv): number | undefined => {
  const text = env[waitLimitVariable];
  if (!text) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new ProblemError([
    {
      key: waitLimitVariable,
      received: text,
      rule: "a number of seconds from 1 to 999999",
      remedy: "Unset it, and every wait lasts as long as a slow machine needs",
    },
  ]);
};

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

const secondsOf = (duration: string | undefined): number => {
  const [, number, unit = ""] = /^(\d+)([smh])$/.exec(duration ?? "") ?? [];
  return number === undefined ? Infinity : Number(number) * (units[unit] ?? Infinity);
};

/** Returns time limits of at most `limit` seconds for create and update. The limit for delete stays. */
export const capped = (timeouts: Timeouts, limit: number): Timeouts => ({
  ...timeouts,
  create: `${Math.min(limit, secondsOf(timeouts.create))}s`,
  update: `${Math.min(limit, secondsOf(timeouts.update))}s`,
});

/** Seconds that a step gets after its wait to report what blocked it. */
const graceSeconds = 120;

/** Returns the transformation that limits the waits of resources to a number of seconds. */
const limitWaits =
  (limit: number): pulumi.ResourceTransformation =>
  ({ type, props, opts }) => {
    const kubernetes = type.startsWith("kubernetes:");
    // Steps read the limit themselves.
    if (!kubernetes && !type.startsWith("command:") && type !== packagedStepType) return undefined;
    const { customTimeouts = {} } = opts as pulumi.CustomResourceOptions;
    return {
      props,
      opts: { ...opts, customTimeouts: capped(customTimeouts, kubernetes ? limit : limit + graceSeconds) },
    };
  };

/** Seconds for a workload whose nodes pull its images. Calico for two nodes takes 12 minutes over a line of 5 Mbit/s. */
const pullSeconds = 30 * 60;

/** Returns time limits of at least 30 minutes for create and update. */
export const withPullTime = (timeouts: Timeouts): Timeouts => ({
  ...timeouts,
  create: atLeast(pullSeconds, timeouts.create),
  update: atLeast(pullSeconds, timeouts.update),
});

const atLeast = (seconds: number, duration: string | undefined): string =>
  duration !== undefined && secondsOf(duration) >= seconds ? duration : `${seconds}s`;

/**
 * Returns the transformation that gives workloads time for pulls: the plugin itself waits 10 minutes. Time limits are not
 * inputs, so they change no existing stack.
 */
const extendPullWaits = (): pulumi.ResourceTransformation => (args) => {
  const { type, props, opts } = args;
  if (!type.startsWith("kubernetes:") || !runsPods(props as unknown as KubernetesObject)) return undefined;
  const { customTimeouts = {} } = opts as pulumi.CustomResourceOptions;
  return { props, opts: { ...opts, customTimeouts: withPullTime(customTimeouts) } };
};

/**
 * Returns the transformations of waits for all resources of a stack: time for pulls where nodes pull images, and then
 * SLIPWAY_TIMEOUT, which may shorten it.
 *
 * @throws ProblemError if SLIPWAY_TIMEOUT is not a number of seconds
 */
export const waitTransformations = (
  { imageSource, management }: Pick<Settings, "imageSource" | "management">,
  env: NodeJS.ProcessEnv = process.env,
): pulumi.ResourceTransformation[] => {
  const limit = waitLimit(env);
  return [
    ...(imageSource === "local" && management.kubeconfig === "" ? [] : [extendPullWaits()]),
    ...(limit === undefined ? [] : [limitWaits(limit)]),
  ];
};
