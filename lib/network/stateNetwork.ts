import { valueAt } from "../base/json";
import type { Cidr } from "./cidr";
import { mtuIn } from "./mtu";
import { lenientNetwork } from "./parse";

/** The Docker network in the state of a stack. */
export interface StateNetwork {
  /** The IPv4 subnet. */
  readonly subnet: Cidr;
  /** True if the stack uses a network that it did not create. */
  readonly isAdopted: boolean;
  /** MTU in bytes of a network that the stack created. */
  readonly mtu?: number;
}

/** A resource of Pulumi's state, with the fields that decide about the Docker network. */
export interface StateResourceValues {
  readonly type: string;
  /** True for the old object of a replacement, which is still to be deleted. */
  readonly delete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Name of the output of the component DockerNetwork: the IPv4 subnet of a network that the stack did not create. */
export const adoptedSubnetOutput = "adoptedSubnet";

/** Returns the Docker network in a state; undefined before the first `up` has created or adopted the network. */
export const networkInState = (resources: readonly StateResourceValues[]): StateNetwork | undefined => {
  const current = resources.filter((resource) => resource.delete !== true);
  const networks = current.filter(({ type }) => type === "docker:index/network:Network");
  const created = networks
    .flatMap(({ inputs }) =>
      ((inputs?.["ipamConfigs"] ?? []) as unknown[]).map((config) => ({
        subnet: ipv4Network(valueAt(config, "subnet")),
        mtu: mtuIn(inputs?.["options"] as Record<string, unknown> | undefined),
      })),
    )
    .find(({ subnet }) => subnet !== undefined);
  if (created?.subnet !== undefined) return { subnet: created.subnet, isAdopted: false, mtu: created.mtu };
  const components = current.filter(({ type }) => type === "slipway:index:DockerNetwork");
  const texts = components.map(({ outputs }) => outputs?.[adoptedSubnetOutput]);
  const adopted = texts.map(ipv4Network).find((subnet) => subnet !== undefined);
  return adopted === undefined ? undefined : { subnet: adopted, isAdopted: true };
};

const ipv4Network = (text: unknown): Cidr | undefined => {
  const network = typeof text === "string" ? lenientNetwork(text) : undefined;
  return network?.family === "ipv4" ? network : undefined;
};
