import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../lib/base/errors";
import { projectConfig, readSettings } from "../lib/settings/settings";
import type { Settings } from "../lib/settings/types";
import { pins } from "../lib/versions/pins";
import { installedRoute } from "../preflight/installedRoute";

/** The stack's settings, Pulumi.yaml's defaults included; ends the program with every problem found. */
export const stackSettings = (): Settings => {
  try {
    return readSettings({
      config: projectConfig(pulumi.runtime.allConfig()),
      pins,
      route: installedRoute(process.cwd()),
    });
  } catch (error) {
    return stop(error);
  }
};

/** Ends the program with the message of an error, without its stack: the user's input is at fault, not the program. */
export const stop = (error: unknown): never => {
  const message = messageOf(error);
  // Pulumi also inspects the error in depth for its trace, which follows it into the whole runtime: seconds for nothing.
  throw Object.assign(new pulumi.RunError(message), { [inspect.custom]: () => message });
};
