import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../lib/base/errors";
import { projectConfig, readSettings } from "../lib/settings/settings";
import type { Settings } from "../lib/settings/types";
import { pins } from "../lib/versions/pins";
import { installedRoute } from "../preflight/installedRoute";

/**
 * Returns the keys without a namespace whose values are encrypted in the stack file.
 *
 * @param list JSON list of full keys, in which Pulumi names them to a program
 */
const secretKeys = (list = "[]"): string[] =>
  Object.keys(projectConfig(Object.fromEntries((JSON.parse(list) as string[]).map((key) => [key, ""]))));

/** Reads the stack's settings with the defaults of Pulumi.yaml. Ends the program with every problem found. */
export const stackSettings = (): Settings => {
  try {
    const all = pulumi.runtime.allConfig();
    return readSettings({
      config: projectConfig(all),
      secretKeys: secretKeys(process.env.PULUMI_CONFIG_SECRET_KEYS),
      pins,
      route: installedRoute(process.cwd()),
    });
  } catch (error) {
    return stop(error);
  }
};

/** Ends the program with the message of an error but without its stack trace: the fault is in the user's input. */
export const stop = (error: unknown): never => {
  const message = messageOf(error);
  // Pulumi inspects the error in depth for its trace, which follows references into the whole runtime and takes
  // seconds.
  throw Object.assign(new pulumi.RunError(message), { [inspect.custom]: () => message });
};
