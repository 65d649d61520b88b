import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Settings } from "../lib/settings/types";
import { inputs } from "./helpers/fixtures";
import { type Ingress, type Program, recordProgram } from "./helpers/program";
import { type Recording, waitsFor } from "./helpers/recorder";

jest.mock("../preflight/prepare", () => ({ prepare: (settings: Settings) => Promise.resolve(inputs(settings)) }));
const program = jest.requireActual<Program>("..");

const run = (clusters: object[], ingress: Ingress, preview = false): Promise<Recording> =>
  recordProgram(program, {
    preview,
    stack: "empty",
    config: { "slipway:clusters": JSON.stringify(clusters) },
    ingress,
  });

const networkType = "docker:index/network:Network";
const v4 = { ip: "172.18.255.248" };
const v6 = { ip: "fd00:172:18:0:ffff:ffff:ffff:ff00" };
const base = { name: "a", loadBalancerSlot: 0 };
const dual = { ...base, podCidr: "10.64.0.0/16,fd00:64::/56", serviceCidr: "10.128.0.0/12,fd00:128::/108" };
const single = { ...base, podCidr: "fd00:64::/56", serviceCidr: "fd00:128::/108" };

const environment = (recording: Recording, name: string): unknown => recording.find(name).inputs["environment"];
const service = (recording: Recording): Record<string, unknown> =>
  recording.find("a-application/Service/default/nginx").inputs["spec"] as Record<string, unknown>;
const pool = (recording: Recording): unknown =>
  recording.find("a-metallb/IPAddressPool/metallb-system/slipway").inputs["spec"];

describe("a dual-stack cluster", () => {
  let up: Recording;
  beforeAll(async () => {
    // MetalLB gives the addresses in an order of its own.
    up = await run([dual], [v6, v4]);
  });

  test("makes the Docker network and the management cluster dual stack", () => {
    expect(up.find("network", networkType).inputs).toMatchObject({
      ipv6: true,
      ipamConfigs: [
        { subnet: "172.18.0.0/16", gateway: "172.18.0.1", ipRange: "172.18.0.0/17" },
        { subnet: "fd00:172:18::/64", gateway: "fd00:172:18::1", ipRange: "fd00:172:18::/65" },
      ],
    });
    expect(up.find("management-kind").inputs["config"]).toContain("ipFamily: dual");
  });

  test("is asked of Cluster API with both networks, in the settings' order", () => {
    expect(up.find("a/Cluster/default/a").inputs["spec"]).toMatchObject({
      clusterNetwork: {
        pods: { cidrBlocks: ["10.64.0.0/16", "fd00:64::/56"] },
        services: { cidrBlocks: ["10.128.0.0/12", "fd00:128::/108"] },
      },
    });
  });

  test("has a pool with a range of each family", () => {
    expect(pool(up)).toMatchObject({
      addresses: [
        "172.18.255.248-172.18.255.254",
        "fd00:172:18:0:ffff:ffff:ffff:ff00-fd00:172:18:0:ffff:ffff:ffff:ff7f",
      ],
    });
  });

  test("has a service of both families, which is asked by either address", () => {
    expect(service(up)).toMatchObject({ ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv4", "IPv6"] });
    const { metadata } = up.find("a-application/Service/default/nginx").inputs as { metadata: object };
    expect(metadata).toMatchObject({
      annotations: { "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[1].ip}" },
    });
    expect(environment(up, "a-application-request")).toMatchObject({ URL: `http://${v4.ip}/` });
    expect(environment(up, "a-application-request-ipv6")).toMatchObject({ URL: `http://[${v6.ip}]/` });
    expect(up.outputs["url"]).toBe(`http://${v4.ip}/`);
    expect(up.outputs["clusters"]).toMatchObject([{ secondUrl: `http://[${v6.ip}]/` }]);
  });

  test("takes the other family first where the settings say so", async () => {
    const clusters = [{ ...dual, podCidr: "fd00:64::/56,10.64.0.0/16", serviceCidr: "fd00:128::/108,10.128.0.0/12" }];
    const recording = await run(clusters, [v4, v6]);
    expect(service(recording)).toMatchObject({ ipFamilies: ["IPv6", "IPv4"] });
    expect(environment(recording, "a-application-request")).toMatchObject({ URL: `http://[${v6.ip}]/` });
    expect(environment(recording, "a-application-request-ipv4")).toMatchObject({ URL: `http://${v4.ip}/` });
  });
});

describe("an IPv6 cluster", () => {
  let up: Recording;
  beforeAll(async () => {
    up = await run([single], [v6]);
  });

  test("has a pool, a service and a URL of IPv6 alone", () => {
    expect(pool(up)).toMatchObject({
      addresses: ["fd00:172:18:0:ffff:ffff:ffff:ff00-fd00:172:18:0:ffff:ffff:ffff:ff7f"],
    });
    expect(service(up)).not.toHaveProperty("ipFamilyPolicy");
    expect(up.outputs["url"]).toBe(`http://[${v6.ip}]/`);
    expect(up.outputs).not.toHaveProperty("loadBalancerRange");
    expect(up.registrations.filter(({ name }) => name.startsWith("a-application-request"))).toHaveLength(1);
  });
});

test("the preview has every resource that up makes, in either family", async () => {
  for (const cluster of [dual, single]) {
    const urns = async (preview: boolean): Promise<string[]> =>
      (await run([cluster], [v4, v6], preview)).registrations.map(({ urn }) => urn).sort();
    expect(await urns(true)).toEqual(await urns(false));
  }
});

test("an IPv4 cluster beside an IPv6 one keeps to IPv4", async () => {
  const up = await run(
    [
      { ...single, loadBalancerSlot: 1, application: false },
      { name: "b", loadBalancerSlot: 0 },
    ],
    [v4],
  );
  expect(up.find("b-metallb/IPAddressPool/metallb-system/slipway").inputs["spec"]).toMatchObject({
    addresses: ["172.18.255.248-172.18.255.254"],
  });
  expect(up.find("b-application/Service/default/nginx").inputs["spec"]).not.toHaveProperty("ipFamilies");
});

describe("cloud-provider-kind", () => {
  test("is one container with Docker's socket, for whose addresses the application waits", async () => {
    const clusters = ["a", "b"].map((name) => ({ name, loadBalancer: "cloud-provider-kind" }));
    const up = await run(clusters, [{ ip: "172.18.0.9" }]);
    const container = up.find("cloud-provider-kind", "docker:index/container:Container");
    expect(container.inputs).toMatchObject({
      image: expect.stringMatching(/^registry\.k8s\.io\/cloud-provider-kind\/cloud-controller-manager:v\d/),
      networkMode: "host",
      volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/var/run/docker.sock" }],
      labels: [{ label: "dev.slipway.stack", value: "slipway/empty" }],
    });
    expect(waitsFor(up, container, up.find("network", networkType))).toBe(true);
    for (const name of ["a", "b"]) expect(waitsFor(up, up.find(`${name}-application-request`), container)).toBe(true);
    expect(up.registrations.some(({ name }) => name.includes("metallb"))).toBe(false);
    expect(up.outputs["urls"]).toEqual({ a: "http://172.18.0.9/", b: "http://172.18.0.9/" });
  });

  test("is not there where no cluster chooses it", async () => {
    const up = await run([{ ...base, loadBalancer: "none" }], []);
    expect(up.registrations.some(({ name }) => name.includes("cloud-provider-kind"))).toBe(false);
  });
});
