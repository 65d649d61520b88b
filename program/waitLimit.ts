import * as pulumi from "@pulumi/pulumi";
import { ProblemError } from "../lib/base/problem";
import { stop } from "./stackSettings";

/** The variable that ends every wait earlier than it would by itself; steps/environment.sh reads it too. */
export const waitLimitVariable = "SLIPWAY_TIMEOUT";

/** How long creating and updating a resource may take, as Pulumi writes durations. */
export interface Patience {
  create?: string;
  update?: string;
  delete?: string;
}

/** The seconds that the environment allows a wait; undefined where it says nothing. Refuses what is no such number. */
export const waitLimit = (env: NodeJS.ProcessEnv): number | undefined => {
  const text = env[waitLimitVariable];
  if (!text) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new ProblemError([
    {
      key: waitLimitVariable,
      received: text,
      rule: "be a number of seconds from 1 to 999999",
      remedy: "Unset it, and every wait lasts as long as a slow machine needs",
    },
  ]);
};

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

const secondsOf = (duration: string | undefined): number => {
  const [, number, unit = ""] = /^(\d+)([smh])$/.exec(duration ?? "") ?? [];
  return number === undefined ? Infinity : Number(number) * (units[unit] ?? Infinity);
};

/** Patience of at most so many seconds for what is created and updated; deletions keep their own. */
export const capped = (patience: Patience, limit: number): Patience => ({
  ...patience,
  create: `${Math.min(limit, secondsOf(patience.create))}s`,
  update: `${Math.min(limit, secondsOf(patience.update))}s`,
});

const readLimit = (): number | undefined => {
  try {
    return waitLimit(process.env);
  } catch (error) {
    return stop(error);
  }
};

/** Seconds that a step has beyond its wait to say what held it. */
const lastWords = 120;

/** Ends the waits of all resources of the stack after SLIPWAY_TIMEOUT, where that is set; to be called before the first. */
export const limitWaits = (): void => {
  const limit = readLimit();
  if (limit === undefined) return;
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    const kubernetes = type.startsWith("kubernetes:");
    // Steps know the limit themselves.
    if (!kubernetes && !type.startsWith("command:")) return undefined;
    const { customTimeouts = {} } = opts as pulumi.CustomResourceOptions;
    return {
      props,
      opts: { ...opts, customTimeouts: capped(customTimeouts, kubernetes ? limit : limit + lastWords) },
    };
  });
};
