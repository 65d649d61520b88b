import * as pulumi from "@pulumi/pulumi";
import { networkName } from "../lib/base/container";
import { dockerSubnetsOf } from "../lib/network/dockerSubnet";
import type { Networks } from "../lib/network/networks";
import type { Settings } from "../lib/settings/types";
import { type Inputs, prepare } from "../preflight/prepare";
import { configuredValues, type SettingValues, stackSettings, stop } from "./stackSettings";
import { waitTransformations } from "./waitLimit";

/** Everything that the program knows before it creates the first resource. */
export interface Stack {
  readonly settings: Settings;
  /** Manifests, templates, images, and the state of the host and the management cluster. */
  readonly inputs: Inputs;
  /** Subnets of the Docker network. */
  readonly subnets: Networks;
  /** `PROJECT/STACK`, which identifies the stack's network and namespaces. */
  readonly owner: string;
  /** Options of the components: their parent in a component Lab; empty for the program of Pulumi.yaml. */
  readonly within: { readonly parent?: pulumi.Resource };
}

/** What a component Lab knows before it exists, and the transformations of all its resources. */
export interface ReadLab {
  readonly stack: Omit<Stack, "within">;
  readonly transformations: pulumi.ResourceTransformation[];
}

/** Messages in the engine's log. Several components of one program find the same facts about the machine. */
const logged = new Set<string>();

const logOnce = async (log: (message: string) => Promise<void>, messages: readonly string[]): Promise<void> => {
  const fresh = messages.filter((message) => !logged.has(message));
  for (const message of fresh) logged.add(message);
  await Promise.all(fresh.map((message) => log(message)));
};

/**
 * Reads settings, manifests and the host.
 *
 * @param choose - chooses what the component creates of the settings; default: everything
 * @throws one error with all problems
 */
export const readLab = async (
  values: SettingValues,
  choose = (settings: Settings): Settings => settings,
): Promise<ReadLab> => {
  const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
  const { settings: all, notice } = await stackSettings(values, owner);
  const settings = choose(all);
  const transformations = waitTransformations(settings);
  const inputs = await prepare(settings, owner, pulumi.runtime.isDryRun());
  await logOnce(pulumi.log.warn, inputs.warnings);
  await logOnce(pulumi.log.info, notice === undefined ? [] : [`Docker network ${networkName}: ${notice}`]);
  return { stack: { settings, inputs, subnets: dockerSubnetsOf(settings.network), owner }, transformations };
};

/** Reads the stack of Pulumi.yaml. Every problem ends the program here, before any resource exists. */
export const readStack = async (): Promise<Stack> => {
  const { stack, transformations } = await readLab(configuredValues()).catch(stop);
  for (const transformation of transformations) pulumi.runtime.registerStackTransformation(transformation);
  return { ...stack, within: {} };
};
