import { describe, expect, test } from "@jest/globals";
import { networkInState, type StateResourceValues } from "../../../lib/network/stateNetwork";

const component = (outputs?: Record<string, unknown>): StateResourceValues => ({
  type: "slipway:index:DockerNetwork",
  ...(outputs ? { outputs } : {}),
});
const network = (...subnets: string[]): StateResourceValues => ({
  type: "docker:index/network:Network",
  inputs: { name: "kind", ipamConfigs: subnets.map((subnet) => ({ subnet })) },
});

/** The network of a state as texts. */
const read = (...resources: StateResourceValues[]): unknown => {
  const inState = networkInState(resources);
  return inState && { ...inState, subnet: inState.subnet.text };
};

describe("the Docker network in a state", () => {
  test("is absent before the first up, and after an up that ended before the network", () => {
    expect(read()).toBeUndefined();
    expect(read(component())).toBeUndefined();
    expect(read(component({}))).toBeUndefined();
  });

  // The networks of earlier versions have Docker's usual MTU.
  const earlier = (subnet: string) => ({ subnet, isAdopted: false, mtu: 1500 });

  test("has the IPv4 subnet of the stack's network, also in a state without the component's outputs", () => {
    expect(read(component(), network("172.18.0.0/16"))).toEqual(earlier("172.18.0.0/16"));
    expect(read(network("fd00:172:19::/64", "172.19.0.0/16"))).toEqual(earlier("172.19.0.0/16"));
  });

  test("is not the old network of a replacement", () => {
    expect(read({ ...network("172.18.0.0/16"), delete: true }, network("172.20.0.0/16"))).toMatchObject({
      subnet: "172.20.0.0/16",
    });
  });

  test("is an adopted one if the component says so", () => {
    expect(read(component({ adoptedSubnet: "172.21.0.0/16" }))).toEqual({ subnet: "172.21.0.0/16", isAdopted: true });
  });

  test.each([[{ ipamConfigs: null }], [{ ipamConfigs: [{}] }], [{ ipamConfigs: [{ subnet: 3 }] }], [undefined]])(
    "is absent for inputs %j",
    (inputs) => {
      const resource = { type: "docker:index/network:Network", ...(inputs ? { inputs } : {}) };
      expect(read(resource as StateResourceValues)).toBeUndefined();
    },
  );
});
