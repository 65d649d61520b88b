import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../lib/base/errors";
import { projectConfig } from "../lib/settings/settings";
import type { PlacedSettings } from "../lib/settings/stackNetwork";
import { pins } from "../lib/versions/pins";
import { installedRoute } from "../preflight/installedRoute";
import { placeOnMachine, readStateNetwork } from "../preflight/stackNetwork";

/**
 * Reads the stack's settings with the defaults of Pulumi.yaml, and the Docker network that the stack has or gets. Ends the
 * program with every problem found.
 *
 * @param owner - value of the owner label of the stack's Docker resources
 */
export const stackSettings = (owner: string): Promise<PlacedSettings> => {
  const config = projectConfig(pulumi.runtime.allConfig());
  const source = { config, pins, route: installedRoute(process.cwd()) };
  return placeOnMachine(source, owner, { readState: () => readStateNetwork(pulumi.getStack()) }).catch(stop);
};

/** Ends the program with the message of an error but without its stack trace: the fault is in the user's input. */
export const stop = (error: unknown): never => {
  const message = messageOf(error);
  // Pulumi inspects the error in depth for its trace, which follows references into the whole runtime and takes
  // seconds.
  throw Object.assign(new pulumi.RunError(message), { [inspect.custom]: () => message });
};
