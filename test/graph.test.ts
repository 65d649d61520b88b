import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { nodeImageRecipe } from "../lib/kubernetes/images";
import type { Settings } from "../lib/settings/types";
import type { Inputs } from "../preflight/prepare";
import { parseNetwork } from "../lib/network/parse";
import { networkInState } from "../lib/network/stateNetwork";
import { inputs, workloadImages } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import { type Recording, type Registration, waitsFor } from "./helpers/recorder";

// The host and the network are not asked: what they would say is given.
let mockRunning: Inputs["running"] = {};
let mockMore: Partial<Inputs> = {};
let mockProxy: Pick<Inputs, "proxy" | "caBundle" | "pullLogins"> = {};
jest.mock("../preflight/prepare", () => ({
  prepare: (settings: Settings) =>
    Promise.resolve({ ...inputs(settings), ...mockProxy, running: mockRunning, ...mockMore }),
}));
const program = jest.requireActual<Program>("..");

let up: Recording;
let preview: Recording;

beforeAll(async () => {
  up = await recordProgram(program, { preview: false });
  preview = await recordProgram(program, { preview: true });
});

const urn = (name: string, type?: string): string => up.find(name, type).urn;
const cluster = "kubernetes:cluster.x-k8s.io/v1beta2:Cluster";
const isKubernetes = (one: Registration): boolean => one.type.startsWith("kubernetes:");

describe("the graph", () => {
  test("is the same in a preview, where every output is unknown", () => {
    const urns = (recording: Recording): string[] => recording.registrations.map((one) => one.urn).sort();
    expect(urns(preview)).toEqual(urns(up));
  });

  test("gives every kubernetes resource an explicit provider", () => {
    const without = up.registrations.filter((one) => isKubernetes(one) && one.provider === "");
    expect(without.map((one) => one.urn)).toEqual([]);
  });

  test("has no two resources of one name and type", () => {
    const urns = up.registrations.map((one) => one.urn);
    expect(new Set(urns).size).toBe(urns.length);
  });
});

describe("deletedWith", () => {
  const management = (): string => urn("management-kind");
  const workload = (): string => urn("capd/Cluster/default/capd");

  test("is not on the Cluster: its finalizer takes the containers away", () => {
    expect(up.find("capd/Cluster/default/capd", cluster).deletedWith).toBe("");
  });

  test.each(["capd/Cluster/default/capd", "capd/MachineDeployment/default/capd-md-0"])(
    "leaves the order of the deletion of %s to Cluster API",
    (name) => {
      const { annotations } = up.find(name).inputs.metadata as { annotations: Record<string, string> };
      expect(annotations["pulumi.com/deletionPropagationPolicy"]).toBe("background");
    },
  );

  test("is not on what Docker holds", () => {
    for (const name of ["network", "management-kind"]) {
      const resources = up.registrations.filter((one) => one.name === name && !one.type.startsWith("slipway:"));
      expect(resources.map((one) => one.deletedWith)).toEqual([""]);
    }
  });

  test.each([
    "cert-manager/Deployment/cert-manager/cert-manager-webhook",
    "cluster-api/CustomResourceDefinitions",
    "cluster-api-webhooks",
    "clusterapi-ready",
    "provider-images",
  ])("ties %s to the management cluster", (name) => {
    expect(up.registrations.find((one) => one.name === name && !one.type.startsWith("slipway:"))?.deletedWith).toBe(
      management(),
    );
  });

  test.each([
    "capd/DevCluster/default/capd",
    "capd/KubeadmControlPlane/default/capd-control-plane",
    "capd/MachineDeployment/default/capd-md-0",
    "capd-cni/DaemonSet/kube-system/calico-node",
    "capd-cni/CustomResourceDefinitions",
    "capd-metallb/IPAddressPool/metallb-system/slipway",
    "capd-application/Deployment/default/nginx",
    "capd-application/Service/default/nginx",
    "capd-application-request",
  ])("ties %s to the Cluster", (name) => {
    expect(up.find(name).deletedWith).toBe(workload());
  });

  test("is on every kubernetes resource but the Cluster and what is only read", () => {
    const free = up.registrations.filter((one) => isKubernetes(one) && one.deletedWith === "" && !one.read);
    expect(free.map((one) => one.name)).toEqual(["capd/Cluster/default/capd"]);
  });
});

describe("replacement", () => {
  const identity = (): Registration => up.find("capd-identity");

  test("is led by a resource that goes first and knows what cannot change", () => {
    expect(identity().deleteBeforeReplace).toBe(true);
    expect(identity().deletedWith).toBe("");
    expect(identity().inputs).toEqual({
      triggers: [
        "namespace default",
        "podCidr 192.168.0.0/16",
        "serviceCidr 10.128.0.0/12",
        "serviceDomain cluster.local",
        "backend docker",
      ],
      delete: "steps/containers-delete",
      environment: { CLUSTER: "capd" },
    });
  });

  test("takes the Cluster along and all that ends with it, and nothing else", () => {
    const cluster = urn("capd/Cluster/default/capd");
    const along = up.registrations.filter((one) => one.replaceWith.includes(identity().urn)).map((one) => one.urn);
    const contents = up.registrations.filter((one) => one.deletedWith === cluster).map((one) => one.urn);
    expect(along.sort()).toEqual([cluster, ...contents].sort());
  });

  test("deletes the Cluster while what can reach it and take it apart is known to the engine", () => {
    expect(waitsFor(up, identity(), up.find("clusterapi", "pulumi:providers:kubernetes"))).toBe(true);
    expect(waitsFor(up, identity(), up.find("cluster-api-webhooks"))).toBe(true);
  });

  test("comes before anything that goes along is registered", () => {
    const early = up.registrations.filter(
      (one) => one.replaceWith.includes(identity().urn) && !waitsFor(up, one, identity()),
    );
    expect(early.map((one) => one.urn)).toEqual([]);
  });
});

/** The image of the fixtures' one recipe; its name is that of what is in it. */
const nodeImage = `node-v1.34.4-${/-([0-9a-f]{12})$/.exec(nodeImageRecipe("kindest/node:v1.34.4", "sha256:5555", workloadImages)!.image)![1]}`;

describe("order", () => {
  test.each([
    ["management-kind", "network"],
    ["clusterapi-kubeconfig", "management-kind"],
    ["clusterapi-ready", "clusterapi-kubeconfig"],
    ["cluster-api/Deployment/capi-system/capi-controller-manager", "provider-images"],
    ["provider-images", "management-kind"],
    ["cert-manager/Deployment/cert-manager/cert-manager-webhook", "cert-manager/CustomResourceDefinitions"],
    ["cert-manager-webhook", "cert-manager/Deployment/cert-manager/cert-manager-webhook"],
    ["cluster-api/Certificate/capi-system/serving-cert", "cert-manager-webhook"],
    ["cluster-api/Certificate/capi-system/serving-cert", "cluster-api/Issuer/capi-system/selfsigned"],
    ["cluster-api/Deployment/capi-system/capi-controller-manager", "cluster-api/Certificate/capi-system/serving-cert"],
    ["cluster-api/Deployment/capi-system/capi-controller-manager", "cluster-api/ServiceAccount/capi-system/manager"],
    ["cluster-api-webhooks", "infrastructure-docker/Deployment/capd-system/capd-controller-manager"],
    ["capd/Cluster/default/capd", "cluster-api-webhooks"],
    ["capd/KubeadmControlPlane/default/capd-control-plane", "capd/Cluster/default/capd"],
    ["capd-api", "capd/DevCluster/default/capd"],
    ["capd/KubeadmControlPlane/default/capd-control-plane", nodeImage],
    ["capd/MachineDeployment/default/capd-md-0", nodeImage],
    ["capd-cni/DaemonSet/kube-system/calico-node", "capd-api"],
    ["capd-nodes", "capd/KubeadmControlPlane/default/capd-control-plane"],
    ["capd-metallb/IPAddressPool/metallb-system/slipway", "capd-metallb-webhook"],
    ["capd-metallb-webhook", "capd-metallb/Deployment/metallb-system/controller"],
    ["capd-nodes", "capd-cni/DaemonSet/kube-system/calico-node"],
    ["capd-nodes", "capd/MachineDeployment/default/capd-md-0"],
    ["capd-application-request", "capd-metallb/L2Advertisement/metallb-system/slipway"],
    ["capd-application-request", "capd-application/Deployment/default/nginx"],
    ["capd-application-request", "capd-application/Service/default/nginx"],
    ["inventory/Provider/capi-system/cluster-api", "inventory/CustomResourceDefinitions"],
  ])("%s waits for %s", (later, earlier) => {
    const resources = (name: string): Registration =>
      up.registrations.find((one) => one.name === name && !one.type.startsWith("slipway:"))!;
    expect(waitsFor(up, resources(later), resources(earlier))).toBe(true);
  });

  test("lets everything that cert-manager's webhook does not hold start before it answers", () => {
    const gate = up.find("cert-manager-webhook");
    expect(waitsFor(up, up.find("cluster-api/ServiceAccount/capi-system/manager"), gate)).toBe(false);
    expect(waitsFor(up, up.find("cluster-api/CustomResourceDefinitions"), gate)).toBe(false);
  });

  test("keeps pods back until the pod network runs where they go, and nothing else", () => {
    const cni = up.find("capd-cni/DaemonSet/kube-system/calico-node");
    expect(waitsFor(up, up.find("capd-cni/Deployment/kube-system/calico-kube-controllers"), cni)).toBe(true);
    expect(waitsFor(up, up.find("capd-metallb/Deployment/metallb-system/controller"), cni)).toBe(true);
    expect(waitsFor(up, up.find("capd-application/Deployment/default/nginx"), up.find("capd-nodes"))).toBe(true);
    expect(waitsFor(up, up.find("capd-metallb/DaemonSet/metallb-system/speaker"), cni)).toBe(false);
    expect(up.find("capd-nodes").inputs.environment).toMatchObject({ DAEMON_SETS: "kube-system/calico-node" });
  });

  test("does not hold MetalLB's controller behind the workers", () => {
    expect(waitsFor(up, up.find("capd-metallb/Deployment/metallb-system/controller"), up.find("capd-nodes"))).toBe(
      false,
    );
  });

  test("leaves the first seconds of a small machine to cert-manager", () => {
    const crds = up.find("cert-manager/CustomResourceDefinitions");
    expect(waitsFor(up, up.find("cluster-api/CustomResourceDefinitions"), crds)).toBe(true);
  });

  test("asks for a new cluster's workers at once, and lets a running one's follow the control plane", async () => {
    const workers = (recording: Recording): Registration => recording.find("capd/MachineDeployment/default/capd-md-0");
    const controlPlane = (recording: Recording): Registration =>
      recording.find("capd/KubeadmControlPlane/default/capd-control-plane");
    expect(waitsFor(up, workers(up), controlPlane(up))).toBe(false);
    mockRunning = { "default/capd": { lowest: "v1.34.4", highest: "v1.34.4" } };
    const again = await recordProgram(program, { preview: false });
    mockRunning = {};
    expect(waitsFor(again, workers(again), controlPlane(again))).toBe(true);
    const cni = (recording: Recording): Registration => recording.find("capd-cni/DaemonSet/kube-system/calico-node");
    expect(waitsFor(up, cni(up), controlPlane(up))).toBe(false);
    expect(waitsFor(again, cni(again), controlPlane(again))).toBe(true);
  });

  test("changes the infrastructure of a running MachinePool after the control plane", async () => {
    const workers = JSON.stringify([{ name: "mp-0", type: "machinePool" }]);
    const config = { "slipway:clusters": `[{"name":"capd","application":false,"workers":${workers}}]` };
    mockRunning = { "default/capd": { lowest: "v1.34.4", highest: "v1.34.4" } };
    const again = await recordProgram(program, { preview: false, config });
    mockRunning = {};
    const controlPlane = again.find("capd/KubeadmControlPlane/default/capd-control-plane");
    expect(waitsFor(again, again.find("capd/DevMachinePool/default/capd-mp-0"), controlPlane)).toBe(true);
    const { environment } = again.find("capd-nodes").inputs as { environment: Record<string, string> };
    expect(environment).toMatchObject({ OWNERS: "capd-control-plane", MACHINE_POOLS: "capd-mp-0", NODES: "2" });
  });

  test("runs the last wait again for whatever rolls machines", async () => {
    const wait = (recording: Recording): Record<string, string> =>
      recording.find("capd-nodes").inputs.environment as Record<string, string>;
    const image = { "slipway:nodeImage": "kindest/node:v1.34.4-1" };
    const other = await recordProgram(program, { preview: false, config: image });
    expect(wait(other)).toEqual({ ...wait(up), MACHINES: expect.stringMatching(/^[0-9a-f]{8}$/) });
    expect(wait(other).MACHINES).not.toBe(wait(up).MACHINES);
  });

  test("does not hold cert-manager behind the providers' images", () => {
    const images = up.registrations.find((one) => one.name === "provider-images" && one.type.startsWith("kind:"))!;
    expect(waitsFor(up, up.find("cert-manager/Deployment/cert-manager/cert-manager-webhook"), images)).toBe(false);
  });

  test("waits by named conditions", () => {
    const wait = (name: string): unknown =>
      (up.find(name).inputs.metadata as { annotations?: Record<string, string> }).annotations?.["pulumi.com/waitFor"];
    expect(wait("capd/KubeadmControlPlane/default/capd-control-plane")).toBe(
      '["condition=Initialized","condition=RollingOut=False"]',
    );
    expect(wait("cluster-api/Certificate/capi-system/serving-cert")).toBe("condition=Ready");
    expect(wait("capd-application/Service/default/nginx")).toBe("jsonpath={.status.loadBalancer.ingress[0].ip}");
    expect(wait("capd/Cluster/default/capd")).toBeUndefined();
  });
});

describe("the examples", () => {
  const versions = { release: { node: "v1.36.4", nginx: "1.29.3" }, source: { node: "v1.34.4", nginx: "1.22.1" } };

  test.each(["ha", "fleet", "upgrade"].flatMap((stack) => [[stack, "release"] as const, [stack, "source"] as const]))(
    "%s has the images of the %s route",
    async (stack, route) => {
      const { find, registrations } = await recordProgram(program, { preview: true, stack, route });
      expect(find("management-kind").inputs.image).toBe(`kindest/node:${versions[route].node}`);
      const bases = registrations.filter((one) => one.type === "kind:index:NodeImage").map((one) => one.inputs.base);
      const node = stack === "upgrade" ? "v1.33.13" : versions[route].node;
      expect([...new Set(bases)]).toEqual([`kindest/node:${node}`]);
      const deployments = registrations
        .filter((one) => one.name.endsWith("/Deployment/default/nginx"))
        .map((one) => JSON.stringify(one.inputs.spec));
      expect(deployments.length).toBeGreaterThan(0);
      for (const text of deployments) expect(text).toContain(`"image":"nginx:${versions[route].nginx}"`);
    },
  );
});

describe("waits for workloads", () => {
  const workloads = (recording: Recording): Registration[] =>
    recording.registrations.filter((one) => /^kubernetes:apps\/v1:/.test(one.type));
  const limits = (recording: Recording): string[] => [...new Set(workloads(recording).map((one) => one.createTimeout))];

  test("have room for pulls over a slow line where nodes pull images", async () => {
    const pulling = await recordProgram(program, { preview: false, stack: "dev" });
    expect(workloads(pulling).length).toBeGreaterThan(5);
    expect(limits(pulling)).toEqual(["1800s"]);
    const accounts = pulling.registrations.filter((one) => one.type === "kubernetes:core/v1:ServiceAccount");
    expect(new Set(accounts.map((one) => one.createTimeout))).toEqual(new Set([""]));
    expect(pulling.find("management-kind").createTimeout).toBe("45m");
  });

  test("are the plugin's own where nodes pull nothing", () => {
    expect(limits(up).sort()).toEqual(["", "20m"]);
  });

  test("are never longer than SLIPWAY_TIMEOUT", async () => {
    process.env.SLIPWAY_TIMEOUT = "90";
    const limited = await recordProgram(program, { preview: false, stack: "dev" });
    delete process.env.SLIPWAY_TIMEOUT;
    expect(limits(limited)).toEqual(["90s"]);
  });
});

describe("CRDs", () => {
  test("are named with their checksums in one resource of their manifest", () => {
    const { stdin, environment } = up.find("cert-manager/CustomResourceDefinitions").inputs;
    const checksum = "c".repeat(64);
    expect(stdin).toBe(`certificates.cert-manager.io ${checksum} .slipway/crds/${checksum.slice(0, 16)}.yaml`);
    expect(environment).toEqual({ KUBECONFIG: ".slipway/kubeconfigs/offline/clusterapi.yaml" });
  });

  test("need no resource where a manifest has none", () => {
    const sets = up.registrations.filter((one) => one.name.endsWith("CustomResourceDefinitions"));
    expect(sets.every((one) => one.inputs.stdin !== "")).toBe(true);
  });
});

describe("the management cluster", () => {
  test("has cert-manager's images from its start, known by their ids", () => {
    expect(up.find("management-kind").inputs).toMatchObject({
      name: "clusterapi",
      image: "kindest/node:v1.34.4",
      images: { "example.org/webhook:v1": "sha256:1111" },
    });
  });
});

describe("a cluster's nodes", () => {
  test("are made from an image that has what they cannot pull, and nothing is loaded into them one by one", () => {
    const templates = up.registrations.filter((one) => one.type.endsWith(":DevMachineTemplate"));
    const customImage = `slipway/${nodeImage.replace("node-", "node:")}`;
    expect(templates.map((one) => one.inputs.spec)).toEqual(
      templates.map(() => ({ template: { spec: { backend: { docker: { customImage } } } } })),
    );
  });

  test("wait for an image that does not wait for the management cluster", () => {
    const image = up.find(nodeImage, "kind:index:NodeImage");
    expect(image.inputs).toMatchObject({
      image: `slipway/${nodeImage.replace("node-", "node:")}`,
      base: "kindest/node:v1.34.4",
    });
    expect(image.dependencies).toEqual([]);
  });
});

describe("secrets", () => {
  const secretMark = "4dabf18193072939515e22adb298388d";
  const isSecret = (value: unknown): boolean => typeof value === "object" && value !== null && secretMark in value;

  test.each(["clusterapi", "capd"])("wraps the kubeconfig of provider %s", (name) => {
    expect(isSecret(up.find(name, "pulumi:providers:kubernetes").inputs.kubeconfig)).toBe(true);
  });

  test("wraps the kubeconfig handed to a step", () => {
    const written = up.find("capd-kubeconfig", "command:local:Command");
    expect(isSecret(written.inputs.stdin)).toBe(true);
    expect(written.inputs.logging).toBe("none");
  });

  test("keeps the printed kubeconfig secret", () => {
    const printed = up.find("clusterapi-kubeconfig");
    expect(printed.additionalSecretOutputs).toContain("stdout");
    expect(printed.inputs.logging).toBe("none");
  });

  test("leaves no private key in the inputs of anything else", () => {
    const open = up.registrations.filter((one) => {
      const text = JSON.stringify(one.inputs, (_key, value: unknown) => (isSecret(value) ? "secret" : value));
      return text.includes("a-private-key");
    });
    expect(open.map((one) => one.urn)).toEqual([]);
  });
});

describe("outputs", () => {
  test("are the url, the answer, the range, the clusters and the kubeconfigs", () => {
    expect(Object.keys(up.outputs).sort()).toEqual(
      ["answer", "clusters", "kubeconfigs", "loadBalancerRange", "managementCluster", "url", "urls"].sort(),
    );
    expect(up.outputs.loadBalancerRange).toBe("172.18.255.248-172.18.255.254");
  });

  test("know the load balancer's range in the first preview", () => {
    const pool = preview.find("capd-metallb/IPAddressPool/metallb-system/slipway");
    expect(pool.inputs.spec).toEqual({ addresses: ["172.18.255.248-172.18.255.254"], autoAssign: true });
  });
});

describe("the docker network", () => {
  test("is stated in full, with Docker's own share apart from the load balancers'", () => {
    const network = up.registrations.find((one) => one.type === "docker:index/network:Network")!;
    expect(network.inputs.name).toBe("kind");
    expect(network.inputs.ipamConfigs).toEqual([
      { subnet: "172.18.0.0/16", gateway: "172.18.0.1", ipRange: "172.18.0.0/17" },
    ]);
    expect(network.inputs.labels).toEqual([{ label: "dev.slipway.stack", value: "slipway/offline" }]);
  });

  test("is not replaced for options that no setting states, such as those that Docker adds", () => {
    const network = up.registrations.find((one) => one.type === "docker:index/network:Network")!;
    expect(network.ignoreChanges).toEqual(["options"]);
    expect(network.inputs.options).toEqual({
      "com.docker.network.bridge.enable_ip_masquerade": "true",
      "com.docker.network.driver.mtu": "1500",
    });
  });

  test("has the MTU of Docker's default bridge, and notes it", async () => {
    const recording = await recordProgram(program, { preview: false, machine: { taken: [], bridgeMtu: 1400 } });
    const { inputs } = recording.find("network", "docker:index/network:Network");
    expect(inputs["options"]).toMatchObject({ "com.docker.network.driver.mtu": "1400" });
    const type = "docker:index/network:Network";
    // The next run finds the MTU in the state.
    expect(networkInState([{ type, inputs }])).toMatchObject({ mtu: 1400 });
  });

  test("is not made where the setting adopts the one that is there", async () => {
    // Another stack may have the highest block: there it follows from the cluster's name.
    const ingress = [{ ip: "172.18.236.216" }];
    const adopted = await recordProgram(program, {
      preview: false,
      config: { "slipway:adoptNetwork": "true" },
      ingress,
    });
    expect(adopted.outputs.loadBalancerRange).toBe("172.18.236.216-172.18.236.223");
    expect(adopted.registrations.filter((one) => one.type === "docker:index/network:Network")).toEqual([]);
  });

  test("has a free subnet on a machine where something uses the default subnet", async () => {
    const machine = { taken: [{ network: parseNetwork("172.18.0.0/16"), by: "the Docker network x_default" }] };
    const ingress = [{ ip: "172.19.255.248" }];
    const [moved, shown] = [
      await recordProgram(program, { preview: false, machine, ingress }),
      await recordProgram(program, { preview: true, machine, ingress }),
    ];
    for (const recording of [moved, shown]) {
      expect(recording.find("network", "docker:index/network:Network").inputs["ipamConfigs"]).toEqual([
        { subnet: "172.19.0.0/16", gateway: "172.19.0.1", ipRange: "172.19.0.0/17" },
      ]);
      const pool = recording.find("capd-metallb/IPAddressPool/metallb-system/slipway");
      expect(pool.inputs["spec"]).toMatchObject({ addresses: ["172.19.255.248-172.19.255.254"] });
    }
  });

  test("keeps the default subnet of a state from before the choice, although something else uses the subnet", async () => {
    const subnet = parseNetwork("172.18.0.0/16");
    const machine = { taken: [{ network: subnet, by: "the device wg0" }], state: { subnet, isAdopted: false } };
    const kept = await recordProgram(program, { preview: false, machine });
    expect(kept.registrations).toEqual(up.registrations);
  });

  test("is not made where nobody uses a network kind that is there", async () => {
    const kind = { owner: "", subnets: [parseNetwork("172.21.0.0/16")], containers: [] };
    const ingress = [{ ip: "172.21.236.216" }];
    const adopted = await recordProgram(program, { preview: false, machine: { kind, taken: [] }, ingress });
    expect(adopted.outputs["loadBalancerRange"]).toBe("172.21.236.216-172.21.236.223");
    expect(adopted.registrations.filter((one) => one.type === "docker:index/network:Network")).toEqual([]);
    // The next run finds the stack's containers on the network, and knows from the state that the stack adopted it.
    const type = "slipway:index:DockerNetwork";
    const outputsOf = ({ find, componentOutputs }: Recording) => componentOutputs[find("network", type).urn];
    expect(outputsOf(adopted)).toEqual({ adoptedSubnet: "172.21.0.0/16" });
    expect(networkInState([{ type, outputs: outputsOf(adopted) as Record<string, unknown> }])).toMatchObject({
      isAdopted: true,
    });
    expect(outputsOf(up)).toEqual({});
  });
});

describe("a host that does not reach containers, such as one with Docker Desktop", () => {
  afterEach(() => void (mockMore = {}));

  test("reaches a cluster by the port that Docker publishes, and sends the request from the management node", async () => {
    mockMore = { publishedPorts: {} };
    const desktop = await recordProgram(program, { preview: false });
    const { kubeconfig } = desktop.find("capd", "pulumi:providers:kubernetes").inputs;
    expect(JSON.stringify(kubeconfig)).toContain("https://127.0.0.1:49153");
    expect(desktop.find("capd-port").inputs.environment).toEqual({ CLUSTER: "capd" });
    expect(desktop.find("capd-api").inputs.environment).toMatchObject({ REACH: "published-port" });
    const { environment } = desktop.find("capd-application-request").inputs;
    expect(environment).toMatchObject({ FROM: "clusterapi-control-plane" });
  });

  test("takes the port that a restart of the load balancer has changed", async () => {
    mockMore = { publishedPorts: { capd: 50001 } };
    const { kubeconfig } = (await recordProgram(program, { preview: false })).find(
      "capd",
      "pulumi:providers:kubernetes",
    ).inputs;
    expect(JSON.stringify(kubeconfig)).toContain("https://127.0.0.1:50001");
  });

  test("differs from other hosts only in the port, the wait for the API, and the request", async () => {
    mockMore = { publishedPorts: {} };
    const desktop = await recordProgram(program, { preview: false });
    const inputsOf = ({ registrations }: Recording) =>
      new Map(registrations.map((one) => [one.name, JSON.stringify(one.inputs)]));
    const [here, there] = [inputsOf(up), inputsOf(desktop)];
    const changed = [...there].filter(([name, text]) => here.get(name) !== text).map(([name]) => name);
    expect(changed.sort()).toEqual(["capd", "capd-api", "capd-application-request", "capd-kubeconfig", "capd-port"]);
    expect(JSON.parse(here.get("capd-api") ?? "{}")).toMatchObject({ environment: { REACH: "address" } });
    expect(JSON.parse(here.get("capd-application-request") ?? "{}")).toMatchObject({
      environment: { URL: "http://172.18.255.248/", TIMEOUT_SECONDS: "180" },
    });
  });
});

describe("behind a proxy", () => {
  const proxy = { HTTPS_PROXY: "http://me:s3cret@proxy:3128", NO_PROXY: "localhost" };
  let proxied: Recording;
  beforeAll(async () => {
    mockProxy = { proxy };
    proxied = await recordProgram(program, { preview: false });
  });
  afterAll(() => void (mockProxy = {}));
  const added = (): Registration[] => {
    const before = new Set(up.registrations.map(({ urn: known }) => known));
    return proxied.registrations.filter((one) => !before.has(one.urn));
  };

  test("the stack has the files of nodes and a Secret in addition, and only the Docker provider differs", () => {
    expect(added().map(({ name }) => name)).toEqual(
      expect.arrayContaining(["clusterapi-node-files", "capd-node-files"]),
    );
    expect(added()).toHaveLength(3);
    const differing = up.registrations.filter(
      (one) => JSON.stringify(one.inputs) !== JSON.stringify(proxied.find(one.name, one.type).inputs),
    );
    expect(differing.map(({ name }) => name)).toEqual([expect.stringMatching(/Deployment\/capd-system\//)]);
  });

  test("the files of nodes are secret, and the first objects wait for them", () => {
    const files = proxied.find("clusterapi-node-files");
    expect(files.additionalSecretOutputs).toContain("stdin");
    expect(files.deletedWith).toBe(proxied.find("management-kind").urn);
    const webhook = proxied.find("cert-manager/Deployment/cert-manager/cert-manager-webhook");
    expect(waitsFor(proxied, webhook, files)).toBe(true);
    expect(JSON.stringify(files.inputs.environment)).not.toContain("s3cret");
  });

  test("the controller that creates nodes has the variables of a Secret, which it waits for", () => {
    const secret = added().find(({ type }) => type === "kubernetes:core/v1:Secret")!;
    expect(secret.inputs).toMatchObject({ metadata: { namespace: "capd-system" } });
    expect((secret.inputs.metadata as { name?: string }).name).toBeUndefined();
    const [deployment] = proxied.registrations.filter(({ name }) => /Deployment\/capd-system\//.test(name));
    const text = JSON.stringify(deployment!.inputs);
    expect(text).not.toContain("s3cret");
    expect(text).toMatch(/"containers":\[\{[^\]]*"envFrom":\[\{"secretRef":\{/);
    expect(waitsFor(proxied, deployment!, secret)).toBe(true);
  });
});

describe("with authorities and logins of registries", () => {
  const access = { caBundle: "-----BEGIN CERTIFICATE-----", pullLogins: '{"auths":{"a":{"auth":"czNjcmV0"}}}' };
  const record = async (values: typeof mockProxy): Promise<Recording> => {
    mockProxy = values;
    return recordProgram(program, { preview: false });
  };
  let with1: Recording;
  let with2: Recording;
  beforeAll(async () => {
    with1 = await record(access);
    with2 = await record({ caBundle: "-----BEGIN OTHER-----", pullLogins: "{}" });
  });
  afterAll(() => void (mockProxy = {}));

  const differing = (one: Recording, other: Recording): string[] => {
    const known = new Map(other.registrations.map((registration) => [registration.urn, registration]));
    return one.registrations.flatMap(({ urn: id, name, inputs: values }) =>
      JSON.stringify(known.get(id)?.inputs) === JSON.stringify(values) ? [] : [name],
    );
  };

  test("the stack has steps for running nodes and a Secret for new nodes in addition", () => {
    const names = differing(with1, up).filter((name) => !up.registrations.some((one) => one.name === name));
    expect(names.map((name) => name.replace(/-[0-9a-f]{8}$/, "-HASH")).sort()).toEqual([
      "capd-node-authorities",
      "capd-node-logins",
      "capd/KubeadmConfigTemplate/default/capd-md-0-HASH",
      "capd/Secret/default/capd-node-files",
      "clusterapi-node-authorities",
      "clusterapi-node-logins",
    ]);
  });

  test("another bundle or login changes the steps and the Secret, and no object of machines", () => {
    expect(differing(with2, with1).sort()).toEqual([
      "capd-node-authorities",
      "capd-node-logins",
      "capd/Secret/default/capd-node-files",
      "clusterapi-node-authorities",
      "clusterapi-node-logins",
    ]);
  });

  test("the Secret exists before the Cluster, and the first objects wait for the files of the kind node", () => {
    const secret = with1.find("capd/Secret/default/capd-node-files");
    expect(secret.additionalSecretOutputs).toContain("data");
    expect(waitsFor(with1, with1.find("capd/Cluster/default/capd", cluster), secret)).toBe(true);
    const webhook = with1.find("cert-manager/Deployment/cert-manager/cert-manager-webhook");
    for (const name of ["clusterapi-node-authorities", "clusterapi-node-logins"])
      expect(waitsFor(with1, webhook, with1.find(name))).toBe(true);
    for (const name of ["clusterapi-node-logins", "capd-node-logins"])
      expect(with1.find(name).additionalSecretOutputs).toContain("stdin");
  });
});
