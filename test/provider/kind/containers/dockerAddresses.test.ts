import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { movedContainers, type NetworkContainer, readdressing } from "../../../../provider/kind/containers/addresses";

const known = { "capd-lb": ["10.0.0.3"], cp: ["10.0.0.4"], md: ["10.0.0.5"] };
const one = (name: string, address?: string, more: Partial<NetworkContainer> = {}): NetworkContainer => ({
  name,
  cluster: "capd",
  running: address !== undefined,
  addresses: address === undefined ? [] : [address],
  firstRun: false,
  ...more,
});
const asTheyWere = [one("capd-lb", "10.0.0.3"), one("cp", "10.0.0.4"), one("md", "10.0.0.5")];
const kind = one("clusterapi-control-plane", "10.0.0.2", { cluster: "clusterapi" });

describe("containers that moved", () => {
  test("run with another address than the known one", () => {
    expect(movedContainers(known, asTheyWere)).toEqual([]);
    expect(movedContainers(known, [one("capd-lb"), one("cp", "10.0.0.2"), one("md", "10.0.0.3")])).toEqual([
      "cp",
      "md",
    ]);
    expect(movedContainers(known, [one("new", "10.0.0.9")])).toEqual([]);
  });

  test("of two families are recognized by either address", () => {
    const both = { cp: ["10.0.0.4", "fd00::4"] };
    expect(movedContainers(both, [one("cp", "10.0.0.4", { addresses: ["10.0.0.4", "fd00::4"] })])).toEqual([]);
    expect(movedContainers(both, [one("cp", "10.0.0.4", { addresses: ["10.0.0.4", "fd00::5"] })])).toEqual(["cp"]);
  });
});

describe("giving addresses back", () => {
  test("takes those that moved and those that are stopped, and leaves the others alone", () => {
    const plan = readdressing(
      known,
      [one("capd-lb"), one("cp", "10.0.0.9"), one("md", "10.0.0.5"), kind],
      [],
      kind.name,
    );
    expect(plan).toEqual({
      toReconnect: [
        { name: "capd-lb", addresses: ["10.0.0.3"] },
        { name: "cp", addresses: ["10.0.0.4"] },
      ],
      toStop: [],
      restartManagement: false,
    });
  });

  test("moves the management cluster's node, and parks another cluster's that was started again", () => {
    const containers = [
      one("capd-lb"),
      one("cp"),
      one("md", "10.0.0.5"),
      { ...kind, addresses: ["10.0.0.3"] },
      one("other-lb", "10.0.0.4", { cluster: "other" }),
    ];
    expect(readdressing(known, containers, ["other"], kind.name)).toMatchObject({
      toStop: ["other-lb"],
      restartManagement: true,
    });
  });

  test.each<[string, NetworkContainer, RegExp]>([
    [
      "a stranger",
      one("web", "10.0.0.4", { cluster: "" }),
      /container cp: expected its address 10\.0\.0\.4.*web, which is not a node .*Run docker stop web/,
    ],
    [
      "another cluster's, made since",
      one("o-lb", "10.0.0.4", { cluster: "o", firstRun: true }),
      /o-lb, which was created later/,
    ],
  ])("refuses where %s has the address", (_, other, error) => {
    expect(() => readdressing(known, [one("capd-lb"), one("cp"), other], ["o"], undefined)).toThrow(error);
  });

  test("nothing is moved where nothing moved, and afterwards nobody has another's address", () => {
    const names = Object.keys(known);
    const address = fc.constantFrom("10.0.0.2", ...Object.values(known).flat(), "10.0.0.6");
    const scrambled = fc
      .uniqueArray(address, { minLength: 4, maxLength: 4 })
      .chain((addresses) => fc.tuple(fc.constant(addresses), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 })));
    fc.assert(
      fc.property(scrambled, ([addresses, running]) => {
        const containers = names.map((name, index) => one(name, running[index] ? addresses[index] : undefined));
        const node = { ...kind, addresses: [addresses[3]!] };
        const { toReconnect, toStop, restartManagement } = readdressing(known, [...containers, node], [], kind.name);
        const assigned = new Map(toReconnect.map(({ name, addresses: current }) => [name, current[0]!]));
        const after = containers.map(({ name, addresses: current }) => assigned.get(name) ?? current[0]);
        expect(after).toEqual(Object.values(known).flat());
        expect(toStop).toEqual([]);
        expect(restartManagement).toBe([...assigned.values()].includes(addresses[3]!));
      }),
    );
  });
});
