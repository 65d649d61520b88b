import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseManifest } from "../../../lib/kubernetes/manifest";
import { imagesOf } from "../../../lib/kubernetes/object";
import { toYaml, readYaml } from "../../../lib/kubernetes/yaml";
import { kindConfig } from "../../../lib/providers/kindConfig";
import { pins } from "../../../lib/versions/pins";
import { check, command, must, type Step } from "../harness";

const theirs = "theirs";
const node = `${theirs}-control-plane`;
const folder = join(tmpdir(), `slipway-byo-${process.pid}`);
const kubeconfig = join(folder, "their.yaml");
const stack = "e2e-byo";
const stackFile = `Pulumi.${stack}.yaml`;
const env = {
  STACK: stack,
  PULUMI_BACKEND_URL: `file://${folder}`,
  PULUMI_CONFIG_PASSPHRASE: "an end to end run keeps nothing",
  PATH: `${process.cwd()}/.tools/bin:${process.env.PATH ?? ""}`,
};

const pulumi = (...args: string[]): string => must("pulumi", [...args, "--stack", stack, "--non-interactive"], { env });
const kubectl = (...args: string[]): string => must("kubectl", ["--kubeconfig", kubeconfig, ...args], { env });

const manifests = ["cert-manager", "core-components", "bootstrap-components", "control-plane-components"];

const containers = (): string[] =>
  must("docker", ["ps", "--all", "--format", "{{.Names}}"]).split("\n").filter(Boolean).sort();
/** What others run here is left alone, and may stand on the same network. */
let otherObjects: string[] = [];

/** The subnet of Docker's network kind, or undefined where there is none. */
const subnetOfKind = (): string | undefined => {
  const format = '{{range .IPAM.Config}}{{.Subnet}}{{"\\n"}}{{end}}';
  const { code, stdout } = command("docker", ["network", "inspect", "--format", format, "kind"]);
  return code === 0 ? stdout.split("\n").find((subnet) => subnet.includes(".")) : undefined;
};

const cluster = { name: "guest", namespace: "team", loadBalancerSlot: 7 };

/** The source route's stack on the cluster that is there, which has its images already. */
const writeStack = (changes: object = {}): void => {
  const [offline] = readYaml(readFileSync("Pulumi.offline.yaml", "utf8")) as { config: Record<string, unknown> }[];
  const single = ["clusterName", "clusterNamespace", "controlPlaneReplicas", "workerReplicas", "capdImageSource"];
  const dropped = [...single, "podCidr", "serviceCidr", "serviceDomain"].map((key) => `slipway:${key}`);
  const config: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(offline?.config ?? {}).filter(([key]) => !dropped.includes(key))),
    "slipway:managementKubeconfig": kubeconfig,
    "slipway:adoptNetwork": "true",
    "slipway:networkSubnet": subnetOfKind(),
    "slipway:clusters": [cluster],
    ...changes,
  };
  writeFileSync(stackFile, toYaml({ config }));
};

/** Everything of a management cluster that a stack could leave behind; leases are the controllers' own. */
const contents = (): string => {
  const cluster = "namespaces,customresourcedefinitions,clusterroles,clusterrolebindings,priorityclasses";
  const webhooks = "mutatingwebhookconfigurations,validatingwebhookconfigurations,apiservices";
  const inner = "configmaps,secrets,services,serviceaccounts,roles,rolebindings,deployments,daemonsets";
  return [kubectl("get", `${cluster},${webhooks}`, "--output=name"), kubectl("get", inner, "-A", "--output=name")]
    .flatMap((text) => text.split("\n"))
    .sort()
    .join("\n");
};

/** A Cluster that someone else made with the providers of this stack. */
const foreign = {
  apiVersion: "cluster.x-k8s.io/v1beta2",
  kind: "Cluster",
  metadata: { name: "foreign", namespace: "default" },
  // An infrastructure that never comes: it is there to be in the way.
  spec: { infrastructureRef: { apiGroup: "infrastructure.cluster.x-k8s.io", kind: "DevCluster", name: "foreign" } },
};

let before = "";
let id = "";
/** The objects that this run created and so may delete; all others belong to somebody else. */
const created = { network: false, cluster: false, stack: false };
const nodeId = (): string => must("docker", ["inspect", "--format", "{{.Id}}", node]).trim();

/** A stack on a management cluster that it did not make: about ten minutes, on the source route's images. */
export const byoManagement: Step[] = [
  {
    name: "someone else's kind cluster is there, with Docker's socket and the images",
    run: () => {
      mkdirSync(folder, { mode: 0o700 });
      otherObjects = containers();
      if (subnetOfKind() === undefined) {
        const range = ["--subnet", "172.18.0.0/16", "--gateway", "172.18.0.1", "--ip-range", "172.18.0.0/17"];
        must("docker", ["network", "create", ...range, "kind"]);
        created.network = true;
      }
      writeFileSync(join(folder, "kind.yaml"), kindConfig());
      const image = `kindest/node:v${pins.source.kubernetes}`;
      const config = ["--config", join(folder, "kind.yaml"), "--kubeconfig", kubeconfig];
      created.cluster = true;
      must("kind", ["create", "cluster", "--name", theirs, "--image", image, "--wait", "5m", ...config], { env });
      const images = [...manifests, "infrastructure-components"].flatMap((name) =>
        imagesOf(parseManifest(readFileSync(`.tools/manifests/${name}.yaml`, "utf8").replace(/\$\{[^}]*\}/g, "0"))),
      );
      must("bash", ["-c", `steps/load-images <<<"$IMAGES"`], {
        env: { ...env, NODE: node, IMAGES: images.join("\n") },
      });
      before = contents();
      id = nodeId();
    },
  },
  {
    name: "providers that are said to be there, and are not, are missed before any work",
    run: () => {
      writeStack({ "slipway:installProviders": "false" });
      pulumi("stack", "init");
      created.stack = true;
      const { code, stdout } = command("pulumi", ["preview", "--stack", stack, "--non-interactive"], { env });
      check(code !== 0 && stdout.includes("installProviders: expected true"), `a refusal, got ${stdout}`);
      check(contents() === before, "their cluster untouched");
    },
  },
  {
    name: "up",
    run: () => {
      writeStack();
      must("scripts/slipway", ["up"], { env, show: true });
    },
  },
  {
    name: "the application answers, and no other management cluster runs",
    run: async () => {
      const { url } = JSON.parse(pulumi("stack", "output", "--json", "--show-secrets")) as { url: string };
      const response = await fetch(url);
      check(response.status === 200, `status 200 from ${url}, got ${response.status}`);
      const more = containers().filter((name) => ![...otherObjects, node].includes(name));
      check(
        more.length > 0 && more.every((name) => /^guest-/.test(name)),
        `containers of guest, got ${more.join(" ")}`,
      );
    },
  },
  {
    name: "another up changes nothing",
    run: () => void pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"),
  },
  {
    name: "destroy stops before it deletes the kind of a cluster that someone else made",
    run: () => {
      writeFileSync(join(folder, "foreign.yaml"), toYaml(foreign));
      kubectl("apply", "--filename", join(folder, "foreign.yaml"));
      const { code, stdout, stderr } = command("scripts/slipway", ["destroy"], { env });
      const output = `${stdout}${stderr}`;
      check(code !== 0 && output.includes("expected no objects of others"), `a refusal, got ${output.slice(-3000)}`);
      const clusters = kubectl("get", "clusters.cluster.x-k8s.io", "-A", "--output=name").trim();
      check(clusters === "cluster.cluster.x-k8s.io/foreign", `their cluster alone, got ${clusters}`);
      kubectl("delete", "clusters.cluster.x-k8s.io", "foreign", "--timeout=60s");
    },
  },
  {
    name: "destroy",
    always: true,
    run: () => {
      if (created.stack) must("scripts/slipway", ["destroy"], { env, show: true });
    },
  },
  {
    name: "their cluster still runs, with what it had and nothing else",
    run: () => {
      check(nodeId() === id, "the same node");
      kubectl("wait", "--for=condition=Ready", `node/${node}`, "--timeout=10s");
      const [had, has] = [before.split("\n"), contents().split("\n")];
      const more = has.filter((one) => !had.includes(one));
      const less = had.filter((one) => !has.includes(one));
      check(
        more.length + less.length === 0,
        `the contents of before; too many ${more.join(" ")}, missing ${less.join(" ")}`,
      );
      const [names, kept] = [containers().join(" "), [...otherObjects, node].sort().join(" ")];
      check(names === kept, `the containers ${kept}, got ${names}`);
    },
  },
  {
    name: "their cluster is deleted",
    always: true,
    run: () => {
      if (created.cluster) must("kind", ["delete", "cluster", "--name", theirs, "--kubeconfig", kubeconfig], { env });
      if (created.network) must("docker", ["network", "rm", "kind"]);
      rmSync(folder, { recursive: true, force: true });
      rmSync(stackFile, { force: true });
      // The file for plain pulumi names the backend that a user of this checkout has.
      command("scripts/slipway", ["env"]);
    },
  },
];
