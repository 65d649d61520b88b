import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseManifest } from "../../lib/kubernetes/manifest";
import { imagesOf } from "../../lib/kubernetes/object";
import { readYaml, toYaml } from "../../lib/kubernetes/yaml";
import { kindConfig } from "../../lib/providers/kindConfig";
import { pins } from "../../lib/versions/pins";
import { check, command, must } from "./harness";

const theirs = "theirs";
const folder = join(tmpdir(), `slipway-byo-${process.pid}`);
const kubeconfig = join(folder, "their.yaml");
const stack = "e2e-byo";
const stackFile = `Pulumi.${stack}.yaml`;
const manifests = ["cert-manager", "core-components", "bootstrap-components", "control-plane-components"];
/** The objects that this run created and so may delete; all others belong to somebody else. */
const created = { network: false, cluster: false };

/** Name of the container of someone else's management cluster. */
export const theirNode = `${theirs}-control-plane`;

/** Environment of all programs that use the stack. */
export const theirEnv = {
  STACK: stack,
  PULUMI_BACKEND_URL: `file://${folder}`,
  PULUMI_CONFIG_PASSPHRASE: "an end to end run keeps nothing",
  PATH: `${process.cwd()}/.tools/bin:${process.env.PATH ?? ""}`,
};

/** Runs Pulumi for the stack. */
export const pulumi = (...args: string[]): string =>
  must("pulumi", [...args, "--stack", stack, "--non-interactive"], { env: theirEnv });

/** Runs kubectl against someone else's management cluster. */
export const theirKubectl = (...args: string[]): string =>
  must("kubectl", ["--kubeconfig", kubeconfig, ...args], { env: theirEnv });

/** Returns the path of a file of this run; another process does not read it. */
export const inFolder = (name: string): string => join(folder, name);

/** Returns the names of all containers. */
export const containerNames = (): string[] =>
  must("docker", ["ps", "--all", "--format", "{{.Names}}"]).split("\n").filter(Boolean).sort();

/** Returns the id of the container of someone else's management cluster. */
export const theirNodeId = (): string => must("docker", ["inspect", "--format", "{{.Id}}", theirNode]).trim();

/** Returns the subnet of Docker's network kind, or undefined where there is none. */
const subnetOfKind = (): string | undefined => {
  const format = '{{range .IPAM.Config}}{{.Subnet}}{{"\\n"}}{{end}}';
  const { code, stdout } = command("docker", ["network", "inspect", "--format", format, "kind"]);
  return code === 0 ? stdout.split("\n").find((subnet) => subnet.includes(".")) : undefined;
};

const guest = { name: "guest", namespace: "team", loadBalancerSlot: 7 };

/** Writes the source route's stack on the cluster that is there, which has its images already. */
export const writeTheirStack = (changes: object = {}, cluster: object = {}): void => {
  const [offline] = readYaml(readFileSync("Pulumi.offline.yaml", "utf8")) as { config: Record<string, unknown> }[];
  const single = ["clusterName", "clusterNamespace", "controlPlaneReplicas", "workerReplicas", "capdImageSource"];
  const dropped = [...single, "podCidr", "serviceCidr", "serviceDomain"].map((key) => `slipway:${key}`);
  const config: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(offline?.config ?? {}).filter(([key]) => !dropped.includes(key))),
    "slipway:managementKubeconfig": kubeconfig,
    "slipway:adoptNetwork": "true",
    "slipway:networkSubnet": subnetOfKind(),
    "slipway:clusters": [{ ...guest, ...cluster }],
    ...changes,
  };
  writeFileSync(stackFile, toYaml({ config }));
};

/** Returns all objects of the management cluster that a stack could leave behind; leases are the controllers' own. */
export const theirContents = (): string[] => {
  const cluster = "namespaces,customresourcedefinitions,clusterroles,clusterrolebindings,priorityclasses";
  const webhooks = "mutatingwebhookconfigurations,validatingwebhookconfigurations,apiservices";
  const inner = "configmaps,secrets,services,serviceaccounts,roles,rolebindings,deployments,daemonsets";
  return [
    theirKubectl("get", `${cluster},${webhooks}`, "--output=name"),
    theirKubectl("get", inner, "-A", "--output=name"),
  ]
    .flatMap((text) => text.split("\n"))
    .sort();
};

/** Claims that the cluster still has the same node, its contents of before, and no more containers. */
export const expectTheirCluster = (before: readonly string[], id: string, otherNames: readonly string[]): void => {
  check(theirNodeId() === id, "the same node");
  theirKubectl("wait", "--for=condition=Ready", `node/${theirNode}`, "--timeout=10s");
  const has = theirContents();
  const more = has.filter((one) => !before.includes(one));
  const less = before.filter((one) => !has.includes(one));
  check(
    more.length + less.length === 0,
    `the contents of before; too many ${more.join(" ")}, missing ${less.join(" ")}`,
  );
  const [names, kept] = [containerNames().join(" "), [...otherNames, theirNode].sort().join(" ")];
  check(names === kept, `the containers ${kept}, got ${names}`);
};

/** Claims that the stack's page answers. */
export const expectAnswer = async (): Promise<void> => {
  const { url } = JSON.parse(pulumi("stack", "output", "--json", "--show-secrets")) as { url: string };
  const response = await fetch(url);
  check(response.status === 200, `status 200 from ${url}, got ${response.status}`);
};

/** Creates a kind cluster with Docker's socket and the images of the source route. */
export const createTheirCluster = (): void => {
  mkdirSync(folder, { mode: 0o700 });
  if (subnetOfKind() === undefined) {
    const range = ["--subnet", "172.18.0.0/16", "--gateway", "172.18.0.1", "--ip-range", "172.18.0.0/17"];
    must("docker", ["network", "create", ...range, "kind"]);
    created.network = true;
  }
  writeFileSync(inFolder("kind.yaml"), kindConfig());
  const image = `kindest/node:v${pins.source.kubernetes}`;
  const config = ["--config", inFolder("kind.yaml"), "--kubeconfig", kubeconfig];
  created.cluster = true;
  const kind = ["create", "cluster", "--name", theirs, "--image", image, "--wait", "5m", ...config];
  must("kind", kind, { env: theirEnv });
  const images = [...manifests, "infrastructure-components"].flatMap((name) =>
    imagesOf(parseManifest(readFileSync(`.tools/manifests/${name}.yaml`, "utf8").replace(/\$\{[^}]*\}/g, "0"))),
  );
  must("bash", ["-c", `steps/load-images <<<"$IMAGES"`], {
    env: { ...theirEnv, NODE: theirNode, IMAGES: images.join("\n") },
  });
};

/** Deletes the cluster, its network and the files, where this run created them. */
export const deleteTheirCluster = (): void => {
  const kind = ["delete", "cluster", "--name", theirs, "--kubeconfig", kubeconfig];
  if (created.cluster) must("kind", kind, { env: theirEnv });
  if (created.network) must("docker", ["network", "rm", "kind"]);
  rmSync(folder, { recursive: true, force: true });
  rmSync(stackFile, { force: true });
  // The file for plain pulumi names the backend that a user of this checkout has.
  command("scripts/slipway", ["env"]);
};

/** Claims that a preview of the stack is refused with a text. */
export const expectRefusedPreview = (text: string): void => {
  const { code, stdout, stderr } = command("pulumi", ["preview", "--stack", stack, "--non-interactive"], {
    env: theirEnv,
  });
  check(code !== 0 && `${stdout}${stderr}`.includes(text), `a refusal with ${text}, got ${stdout}${stderr}`);
};
