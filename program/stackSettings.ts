import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../lib/base/errors";
import { asText } from "../lib/base/json";
import { projectConfig, type SettingsSource } from "../lib/settings/settings";
import type { PlacedSettings } from "../lib/settings/stackNetwork";
import { pins } from "../lib/versions/pins";
import { trustCaBundle } from "../preflight/images/caBundle";
import { installedRoute } from "../preflight/installedRoute";
import { loadTemplates } from "../preflight/manifests/templates";
import { placeOnMachine, readStateNetwork } from "../preflight/stackNetwork";

/** The values of the settings, and the keys of encrypted values. */
export type SettingValues = Pick<SettingsSource, "config" | "secretKeys">;

/**
 * Returns the keys without a namespace whose values are encrypted in the stack file.
 *
 * @param list JSON list of full keys, in which Pulumi names them to a program
 */
const secretKeys = (list = "[]"): string[] =>
  Object.keys(projectConfig(Object.fromEntries((JSON.parse(list) as string[]).map((key) => [key, ""]))));

/** Returns the settings in the configuration of the stack, with the defaults of Pulumi.yaml. */
export const configuredValues = (): SettingValues => ({
  config: projectConfig(pulumi.runtime.allConfig()),
  secretKeys: secretKeys(process.env.PULUMI_CONFIG_SECRET_KEYS),
});

/**
 * Reads the settings, and the Docker network that the stack has or gets.
 *
 * @param owner - value of the owner label of the stack's Docker resources
 * @throws ProblemError with every problem found
 */
export const stackSettings = async (values: SettingValues, owner: string): Promise<PlacedSettings> => {
  // Templates come first, and their hosts may have certificates of these authorities.
  trustCaBundle(asText(values.config["caBundle"]));
  const templates = await loadTemplates(values.config);
  const source = { ...values, pins, route: installedRoute(), templates };
  return placeOnMachine(source, owner, { readState: () => readStateNetwork(pulumi.getStack()) });
};

/** Ends the program with the message of an error but without its stack trace: the fault is in the user's input. */
export const stop = (error: unknown): never => {
  const message = messageOf(error);
  // Pulumi inspects the error in depth for its trace, which follows references into the whole runtime and takes
  // seconds.
  throw Object.assign(new pulumi.RunError(message), { [inspect.custom]: () => message });
};
