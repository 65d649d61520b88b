import { expect, test } from "@jest/globals";
import { withPodCidr, adaptToKindNodes } from "../../../lib/addons/cni";
import { parseNetworks } from "../../../lib/network/parse";

const configuration = (flannel: object): string =>
  JSON.stringify({
    name: "cbr0",
    cniVersion: "1.0.0",
    plugins: [{ type: "flannel", ...flannel }, { type: "portmap" }],
  });
const ptp = { delegate: { type: "ptp" } };
const bridge = { hairpinMode: true, isDefaultGateway: true };

test.each([
  ["flannel's own", { delegate: bridge }, { ...ptp, ipam: { routes: [{ dst: "0.0.0.0/0" }] } }],
  ["one without a delegate", {}, { ...ptp, ipam: { routes: [{ dst: "0.0.0.0/0" }] } }],
  ["one with routes", { ipam: { routes: [{ dst: "::/0" }] } }, { ...ptp, ipam: { routes: [{ dst: "::/0" }] } }],
  [
    "one that chose its delegate",
    { delegate: { type: "bridge", ...bridge } },
    { delegate: { type: "bridge", ...bridge } },
  ],
])("a configuration gets the plugin that kind's nodes have: %s", (_, before, after) => {
  expect(JSON.parse(adaptToKindNodes(configuration(before)))).toEqual(JSON.parse(configuration(after)));
});

test("without plugins there is nothing to change", () => {
  expect(adaptToKindNodes('{"type": "other"}')).toBe('{"type": "other"}');
});

test("the manifest's ConfigMap gets both, the cluster's addresses and the plugin", () => {
  const data = {
    "cni-conf.json": configuration({ delegate: bridge }),
    "net-conf.json": '{"Network": "10.244.0.0/16"}',
  };
  const [object] = withPodCidr(
    [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "kube-flannel-cfg" }, data }],
    "flannel",
    parseNetworks("10.64.0.0/16"),
  );
  const changed = object?.["data"] as typeof data;
  expect(JSON.parse(changed["net-conf.json"])).toEqual({ Network: "10.64.0.0/16" });
  expect(changed["cni-conf.json"]).toBe(adaptToKindNodes(data["cni-conf.json"]));
});
