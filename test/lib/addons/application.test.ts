import { describe, expect, test } from "@jest/globals";
import { balancedAddress, deploymentObject, serviceObject, urlOf } from "../../../lib/addons/application";
import { podSecurityLevel } from "../../../lib/kubernetes/podSecurity";
import { networkRange } from "../../../lib/network/addressRange";
import { parseNetwork } from "../../../lib/network/parse";

const ranges = [networkRange(parseNetwork("172.18.255.248/29")), parseNetwork("fd00:172:18::/64")];
const v4 = { ip: "172.18.255.249" };
const v6 = { ip: "fd00:172:18::9" };

describe("balancedAddress", () => {
  test("takes the address of the family, whatever the order", () => {
    expect(balancedAddress([v6, v4], ranges, "ipv4")).toBe(v4.ip);
    expect(balancedAddress([v4, v6], ranges, "ipv6")).toBe(v6.ip);
  });

  test.each<[string, { ip?: string; hostname?: string }[], "ipv4" | "ipv6", string]>([
    ["no address", [], "ipv4", "expected an address of 172.18.255.248-172.18.255.255, got none"],
    ["a name alone", [{ hostname: "a.example.org" }], "ipv4", "got none"],
    ["one family alone", [v4], "ipv6", "expected an address of fd00:172:18::/64, got 172.18.255.249"],
    ["an address outside", [v4, { ip: "fd00:172:19::1" }], "ipv6", "got fd00:172:19::1"],
    ["the other way about", [{ ip: "172.18.0.9" }, v6], "ipv4", "got 172.18.0.9"],
  ])("refuses %s", (_, ingress, family, message) => {
    expect(() => balancedAddress(ingress, ranges, family)).toThrow(message);
  });

  test("takes whatever a cloud gives where no range is known", () => {
    expect(balancedAddress([{ hostname: "a.example.org" }], undefined, "ipv4")).toBe("a.example.org");
    expect(balancedAddress([v6], undefined, "ipv4")).toBe(v6.ip);
    expect(() => balancedAddress([], undefined, "ipv4")).toThrow("service nginx: expected an address, got none");
  });
});

test.each([
  ["172.18.0.9", "http://172.18.0.9/"],
  ["fd00::9", "http://[fd00::9]/"],
  ["a.example.org", "http://a.example.org/"],
])("the URL of %s is %s", (address, url) => {
  expect(urlOf(address)).toBe(url);
  expect(new URL(url).href).toBe(url);
});

test("a pod that is evicted still answers while another starts, and ends before it is killed", () => {
  const { template } = deploymentObject("nginx:1").spec;
  const [container] = template.spec.containers;
  const seconds = container!.lifecycle.preStop.sleep.seconds;
  expect(seconds).toBeGreaterThanOrEqual(10);
  // Kubernetes' own grace period, which the sleep is part of.
  expect(seconds).toBeLessThan(30);
});

test("the service is announced by nodes that have a pod, and selects the deployment's", () => {
  const { spec } = serviceObject();
  expect(spec.externalTrafficPolicy).toBe("Local");
  expect(deploymentObject("nginx:1").spec.template.metadata.labels).toMatchObject(spec.selector);
});

test("a service of one family says nothing of families, one of two requires both and waits for both", () => {
  expect(serviceObject().spec).not.toHaveProperty("ipFamilyPolicy");
  expect(serviceObject()).toEqual(serviceObject(".ip", ["ipv6"]));
  expect(serviceObject(".ip", ["ipv6", "ipv4"])).toMatchObject({
    metadata: { annotations: { "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[1].ip}" } },
    spec: { ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv6", "IPv4"] },
  });
});

test("the pod keeps to baseline, and to no stricter level only since its server starts as root", () => {
  const { spec } = deploymentObject("nginx:1").spec.template;
  expect(spec.automountServiceAccountToken).toBe(false);
  expect(podSecurityLevel(spec)).toBe("baseline");
  const [container] = spec.containers;
  const plain = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } };
  const securityContext = { ...spec.securityContext, runAsNonRoot: true };
  expect(podSecurityLevel({ ...spec, securityContext, containers: [{ ...container, securityContext: plain }] })).toBe(
    "restricted",
  );
});
