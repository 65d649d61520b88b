import * as pulumi from "@pulumi/pulumi";
import { networkName } from "../lib/base/container";
import { dockerSubnetsOf } from "../lib/network/dockerSubnet";
import type { Networks } from "../lib/network/networks";
import type { Settings } from "../lib/settings/types";
import { type Inputs, prepare } from "../preflight/prepare";
import { stackSettings, stop } from "./stackSettings";
import { extendPullWaits, limitWaits } from "./waitLimit";

/** Everything that the program knows before it creates the first resource. */
export interface Stack {
  readonly settings: Settings;
  /** Manifests, templates, images, and the state of the host and the management cluster. */
  readonly inputs: Inputs;
  /** Subnets of the Docker network. */
  readonly subnets: Networks;
  /** `PROJECT/STACK`, which identifies the stack's network and namespaces. */
  readonly owner: string;
}

/** Reads settings, manifests and the host. Every problem ends the program here, before any resource exists. */
export const readStack = async (): Promise<Stack> => {
  const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
  const { settings, notice } = await stackSettings(owner);
  extendPullWaits(settings);
  limitWaits();
  const inputs = await prepare(settings, owner, pulumi.runtime.isDryRun()).catch(stop);
  await Promise.all(inputs.warnings.map((warning) => pulumi.log.warn(warning)));
  if (notice !== undefined) await pulumi.log.info(`Docker network ${networkName}: ${notice}`);
  return { settings, inputs, subnets: dockerSubnetsOf(settings.network), owner };
};
