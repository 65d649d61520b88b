import * as pulumi from "@pulumi/pulumi";
import { stop } from "../lib/stackSettings";
import { capped, waitLimit } from "../lib/waitLimit";

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
