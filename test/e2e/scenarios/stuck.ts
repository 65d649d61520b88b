import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { type BrokenCluster, brokenObjects } from "../brokenClusters";
import { check, eventually, must, type Result, type Step } from "../harness";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

/** The stack's cluster as an entry of `clusters`. */
const first = { name: "capd", loadBalancerSlot: 0, application: false };

/** What another cluster is without. */
const bare = { loadBalancer: "none", application: false, workerReplicas: 0 };

/** A version that no node image here has. */
const otherVersion = "v1.35.9";

const broken: readonly (BrokenCluster & { says: readonly RegExp[] })[] = [
  {
    name: "noimage",
    spec: { nodeImage: "kindest/node:v1.34.99" },
    says: [
      /Machine noimage-control-plane-\w+: InfrastructureReady=False/,
      /node image kindest\/node:v1\.34\.99 is not in this Docker/,
      /what helps: .*docker pull kindest\/node:v1\.34\.99/,
    ],
  },
  {
    name: "badver",
    spec: { kubernetesVersion: otherVersion },
    says: [
      /DevMachine badver-control-plane-\w+: BootstrapCompleted=False \(Failed\) kubeadm init exited with status: 1/,
      /cannot pull \S+:v1\.35\.9/,
      /what helps: the node image has no v1\.35\.9/,
    ],
  },
  {
    name: "fulldisk",
    before: ["mkdir -p /var/lib/etcd", "mount -t tmpfs -o size=2m tmpfs /var/lib/etcd"],
    says: [
      /Machine fulldisk-control-plane-\w+: InfrastructureReady=False/,
      /etcd ended: .*no space left on device/,
      /what helps: make room/,
    ],
  },
];

const outputOf = ({ stdout, stderr }: Result): string => `${stdout}${stderr}`;

/** Claims that the lines are there, the later ones below the earlier. */
const holds = (text: string, says: readonly RegExp[]): boolean => {
  const lines = text.split("\n");
  const places = says.map((pattern) => lines.findIndex((line) => pattern.test(line)));
  return !places.includes(-1) && places.every((place, index) => index === 0 || place >= places[index - 1]!);
};

const steps = (stack: TestStack): Step[] => {
  const management = (...args: string[]): string => stack.kubectl("clusterapi", ...args);
  const status = (): string => outputOf(stack.slipway("status"));
  const toldBy = (claim: string, says: readonly RegExp[], seconds = 300): Promise<void> =>
    eventually(`status to tell of ${claim}`, seconds, () => {
      const text = status();
      return holds(text, says) || text;
    });
  const ready = (): Promise<void> => toldBy("a cluster that is ready", [/^cluster default\/capd: ready, 2 machines$/]);
  const controller = (replicas: number): void => {
    const args = ["scale", "deployment", "capd-controller-manager", `--replicas=${replicas}`];
    management("--namespace", "capd-system", ...args);
  };
  const services = Array.from({ length: 8 }, (_, index) => `s${index + 1}`);
  return [
    {
      name: "an up whose wait for nodes runs out names the pod network that is missing, and fails",
      run: () => {
        const manifest = join(stack.backend, "no-cni.yaml");
        writeFileSync(manifest, dump({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "no-cni" } }));
        stack.write("dev", { clusters: [first, { name: "nocni", cni: manifest, ...bare }] });
        const result = stack.slipwayWith({ SLIPWAY_TIMEOUT: "150" }, "up");
        const text = outputOf(result);
        check(result.code !== 0, `an exit code other than 0\n${text.slice(-4000)}`);
        check(/cluster default\/nocni: not ready/.test(text), `the cluster to be named\n${text.slice(-4000)}`);
        check(/cni plugin not initialized/.test(text), `the pod network to be named\n${text.slice(-4000)}`);
      },
    },
    {
      name: "status says the same, and that the other cluster is ready",
      run: () =>
        toldBy("the missing pod network", [
          /^cluster default\/capd: ready/,
          /^cluster default\/nocni: not ready$/,
          /cni plugin not initialized/,
        ]),
    },
    {
      name: "status --watch follows an up that gives it a pod network, until all clusters are ready",
      run: async () => {
        const watch = stack.slipwayMeanwhile("status", "--watch");
        stack.write("dev", { clusters: [first, { name: "nocni", ...bare }] });
        stack.up();
        const { code, stdout } = await watch;
        check(code === 0, `exit code 0, got ${code}\n${stdout}`);
        check(holds(stdout, [/nocni: not ready/, /^cluster default\/nocni: ready/]), `both states\n${stdout}`);
      },
    },
    {
      name: "a missing node image, a wrong version and a full disk are each reported with a remedy",
      run: async () => {
        stack.write("dev", { clusters: [first, ...broken.map(({ name }) => ({ name, ...bare }))] });
        const ofMachines = [
          "devmachines.infrastructure.cluster.x-k8s.io",
          "--selector",
          "cluster.x-k8s.io/cluster-name=capd",
        ];
        const path = "jsonpath={.items[0].spec.backend.docker.customImage}";
        const image = management("get", ...ofMachines, "--output", path);
        const objects = broken.flatMap((cluster) => brokenObjects(cluster, image));
        const file = join(stack.backend, "broken.json");
        writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
        management("apply", "--filename", file);
        for (const { name, says } of broken) {
          await toldBy(name, [new RegExp(`^cluster default/${name}: not ready$`), ...says], 600);
        }
      },
    },
    {
      name: "they go, and the stack is as its settings were",
      run: async () => {
        management("delete", "clusters.cluster.x-k8s.io", ...broken.map(({ name }) => name), "--timeout=300s");
        stack.write("dev", { application: false });
        stack.up();
        await ready();
      },
    },
    {
      name: "an address pool that is used up is reported",
      run: async () => {
        for (const name of services) stack.kubectl("capd", "create", "service", "loadbalancer", name, "--tcp=80");
        await toldBy("the pool", [/Service default\/s\d has no address: .*no available IPs/, /loadBalancerPrefix/]);
        stack.kubectl("capd", "delete", "service", ...services);
        await ready();
      },
    },
    {
      name: "a webhook without its controller is reported",
      run: async () => {
        controller(0);
        await toldBy("the controller", [
          /Deployment capd-system\/capd-controller-manager .*0 pods available, 0 wanted/,
          /what helps: .*scale deployment capd-controller-manager --replicas=1/,
        ]);
        controller(1);
        await ready();
      },
    },
    {
      name: "a load balancer that died is reported, and the suggested command repairs it",
      run: async () => {
        must("docker", ["kill", "capd-lb"]);
        await toldBy("the load balancer", [/container capd-lb \(load balancer of the API\): Exited/, /docker start/]);
        must("docker", ["start", "capd-lb"]);
        await ready();
      },
    },
  ];
};

/** What holds a cluster, each caused on purpose. */
export const stuck: Scenario = {
  name: "stuck",
  title: "a failed up and status report what blocks a cluster, with a remedy: seven causes",
  base: "dev",
  start: { application: false },
  steps,
};
