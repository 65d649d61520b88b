import { X509Certificate } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, command, eventually, must, type Step } from "../harness";
import type { Scenario } from "../scenario";
import { listedClusters, type StackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

/** A folder of this machine that nodes mount. */
const folder = join(tmpdir(), "slipway-e2e-kubeadm");

const auditFile = "/etc/kubernetes/audit/policy.yaml";
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
  - level: Metadata
    resources: [{group: "", resources: [configmaps]}]
  - level: None
`;
const auditLog = "/var/log/kubernetes/audit.log";
const admissionFile = "/etc/kubernetes/admission/config.yaml";
const admission = `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
  - name: PodSecurity
    configuration:
      apiVersion: pod-security.admission.config.k8s.io/v1
      kind: PodSecurityConfiguration
      defaults: {warn: baseline}
`;
const volume = (name: string, path: string, pathType: string, readOnly: boolean) => ({
  name,
  hostPath: path,
  mountPath: path,
  pathType,
  readOnly,
});

const controlPlane = {
  clusterConfiguration: {
    encryptionAlgorithm: "ECDSA-P256",
    featureGates: { ControlPlaneKubeletLocalMode: true },
    controllerManager: { extraArgs: [{ name: "terminated-pod-gc-threshold", value: "50" }] },
    apiServer: {
      certSANs: ["kubeadm.example.org", "localhost"],
      extraArgs: [
        { name: "audit-policy-file", value: auditFile },
        { name: "audit-log-path", value: auditLog },
        { name: "admission-control-config-file", value: admissionFile },
        { name: "profiling", value: "false" },
      ],
      extraVolumes: [
        volume("audit-policy", auditFile, "File", true),
        volume("admission", admissionFile, "File", true),
        volume("audit-log", "/var/log/kubernetes", "DirectoryOrCreate", false),
      ],
    },
    scheduler: { extraArgs: [{ name: "profiling", value: "false" }] },
  },
  files: [
    { path: auditFile, content: auditPolicy },
    { path: admissionFile, content: admission },
  ],
  preKubeadmCommands: ["echo before > /etc/slipway-before"],
  postKubeadmCommands: ["echo after > /etc/slipway-after"],
};

const pool = (maxPods: string) => ({
  joinConfiguration: { nodeRegistration: { kubeletExtraArgs: [{ name: "max-pods", value: maxPods }] } },
  files: [{ path: "/etc/example/motd", content: "hello\n", permissions: "0600" }],
  preKubeadmCommands: ["cat /etc/example/motd > /etc/slipway-pool"],
});

const settings = (maxPods: string, kubeadm: object = controlPlane): StackSettings => ({
  managementMounts: [{ hostPath: folder, containerPath: "/srv/management" }],
  managementPorts: [{ hostPort: 31080, containerPort: 31080 }],
  ...listedClusters([
    {
      name: "capd",
      loadBalancerSlot: 0,
      kubeadm,
      mounts: [{ hostPath: folder, containerPath: "/srv/slipway" }],
      workers: [
        { name: "batch", kubeadm: pool(maxPods) },
        { name: "md-0", mounts: [{ hostPath: folder, containerPath: "/srv/pool", readOnly: false }] },
      ],
    },
  ]),
});

const pools = ["batch", "md-0"] as const;

const steps = (stack: TestStack): Step[] => {
  const containers = (part: string): string[] =>
    must("docker", ["ps", "--format", "{{.Names}}", "--filter", `name=^capd-${part}-`])
      .split("\n")
      .filter(Boolean)
      .filter((name) => !name.endsWith("-lb"))
      .sort();
  const inNode = (part: string, command: string): string => {
    const [name = ""] = containers(part);
    return must("docker", ["exec", name, "sh", "-c", command]).trim();
  };
  const isIn = (text: string, part: string): void => check(text.includes(part), `${part}, got ${text.slice(0, 600)}`);
  const plan = (changes: Parameters<TestStack["expectPlan"]>[0], code: number): string =>
    stack
      .expectPlan(changes, code)
      .flatMap(({ reasons }) => reasons)
      .join("\n");
  let before: Record<string, string[]> = {};
  const names = (): Record<string, string[]> =>
    Object.fromEntries(["control-plane", ...pools].map((part) => [part, containers(part)]));

  return [
    {
      name: "the API server has its arguments, its audit log and its names, and its keys are ECDSA",
      run: async () => {
        const manifest = inNode("control-plane", "cat /etc/kubernetes/manifests/kube-apiserver.yaml");
        isIn(manifest, `--audit-policy-file=${auditFile}`);
        isIn(manifest, "--profiling=false");
        isIn(inNode("control-plane", "cat /etc/kubernetes/manifests/kube-scheduler.yaml"), "--profiling=false");
        const controllerManager = inNode("control-plane", "cat /etc/kubernetes/manifests/kube-controller-manager.yaml");
        isIn(controllerManager, "--terminated-pod-gc-threshold=50");
        const configuration = ["get", "configmap", "kubeadm-config", "--namespace", "kube-system", "--output", "yaml"];
        isIn(stack.kubectl("capd", ...configuration), "ControlPlaneKubeletLocalMode: true");
        const privileged = ["run", "probe", "--image=probe", "--privileged", "--dry-run=server"];
        const { stderr } = command("kubectl", privileged, { env: stack.kubeconfig("capd") });
        isIn(stderr, "would violate PodSecurity");
        check(inNode("control-plane", `cat ${auditFile}`) === auditPolicy.trim(), "the audit policy in the node");
        const log = () => inNode("control-plane", `tail -n 3 ${auditLog}`);
        await eventually("lines in the audit log", 60, () => log().includes('"kind":"Event"') || log());
        const certificate = new X509Certificate(inNode("control-plane", "cat /etc/kubernetes/pki/apiserver.crt"));
        check(certificate.publicKey.asymmetricKeyType === "ec", "a key of ECDSA in the certificate");
        for (const name of ["kubeadm.example.org", "host.docker.internal"])
          isIn(certificate.subjectAltName ?? "", `DNS:${name}`);
        check(
          inNode("control-plane", "cat /etc/slipway-before /etc/slipway-after") === "before\nafter",
          "both commands",
        );
      },
    },
    {
      name: "the kubelet of one pool has its argument, its file and its command",
      run: () => {
        const pods = stack.kubectl(
          "capd",
          "get",
          "nodes",
          "--output",
          "jsonpath={range .items[*]}{.metadata.name}={.status.capacity.pods} {end}",
        );
        check(/capd-batch-\S+=60 /.test(pods) && /capd-md-0-\S+=110 /.test(pods), `60 and 110 pods, got ${pods}`);
        check(inNode("batch", "cat /etc/slipway-pool; stat -c %a /etc/example/motd") === "hello\n600", "the file");
        check(
          inNode("md-0", "ls /etc/slipway-pool 2>&1 || true").includes("No such file"),
          "no file in the other pool",
        );
      },
    },
    {
      name: "all nodes have the mount, which is read-only, and the kind node its mount and port",
      run: () => {
        for (const part of ["control-plane", ...pools]) {
          check(inNode(part, "cat /srv/slipway/here") === "mounted", `the mount in ${part}`);
          isIn(inNode(part, "touch /srv/slipway/new 2>&1 || true"), "Read-only file system");
        }
        check(
          inNode("md-0", "touch /srv/pool/here && cat /srv/pool/here") === "mounted",
          "a writable mount of the pool",
        );
        isIn(inNode("batch", "ls /srv/pool 2>&1 || true"), "No such file");
        isIn(must("docker", ["exec", "clusterapi-control-plane", "cat", "/srv/management/here"]), "mounted");
        isIn(must("docker", ["port", "clusterapi-control-plane", "31080/tcp"]), "127.0.0.1:31080");
        stack.expectPlan({}, 0);
        stack.upChangesNothing();
      },
    },
    {
      name: "another kubelet argument rolls that pool alone, and the plan says so before",
      run: async () => {
        before = names();
        stack.write("dev", settings("70"));
        const reasons = plan({ "cluster capd": "rolling" }, 2);
        isIn(reasons, "kubeletExtraArgs[0].value 60 → 70 (rolls machines)");
        check(!reasons.includes("md-0"), `no reason of the other pool, got ${reasons}`);
        stack.up();
        const after = names();
        check(
          after["batch"]?.[0] !== before["batch"]?.[0],
          `another machine of the pool, got ${after["batch"]?.join()}`,
        );
        for (const part of ["control-plane", "md-0"])
          check(after[part]?.join() === before[part]?.join(), `the machines of ${part}, got ${after[part]?.join()}`);
        const path = "jsonpath={.items[*].status.capacity.pods}";
        const pods = stack.kubectl("capd", "get", "nodes", "--output", path).split(" ");
        check(pods.includes("70") && !pods.includes("60"), `70 pods, got ${pods.join()}`);
        await stack.answers(stack.outputs().url ?? "no URL");
      },
    },
    {
      name: "a field that Cluster API does not let change is refused before work",
      run: () => {
        const { clusterConfiguration } = controlPlane;
        const changed = {
          ...controlPlane,
          clusterConfiguration: { ...clusterConfiguration, certificatesDir: "/srv/pki" },
        };
        stack.write("dev", settings("70", changed));
        const { code, stdout, stderr } = stack.slipway("plan");
        check(code === 1, `exit code 1, got ${code}`);
        isIn(`${stdout}${stderr}`, "clusters[0].kubeadm.clusterConfiguration.certificatesDir: expected no value while");
        stack.write("dev", settings("70"));
        stack.expectPlan({}, 0);
      },
    },
  ];
};

/** Settings of kubeadm, and mounts of nodes. */
export const kubeadm: Scenario = {
  name: "kubeadm",
  title: "settings of kubeadm on a cluster and a pool, mounts and ports, and what a change of them rolls",
  base: "dev",
  first: (stack) => [
    {
      name: "settings that no node can have are refused, all at once, before the first container",
      run: () => {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, "here"), "mounted\n");
        const wrong = {
          clusterConfiguration: { apiserver: {}, encryptionAlgorithm: "DSA" },
          joinConfiguration: { nodeRegistration: { kubeletExtraArgs: { "max-pods": "60" } } },
        };
        stack.write("dev", settings("60", wrong));
        stack.plainPulumi(["stack", "select", "--create"]);
        const { code, stdout, stderr } = stack.slipway("plan");
        const text = `${stdout}${stderr}`;
        check(code === 1, `exit code 1, got ${code}`);
        for (const part of [
          "clusterConfiguration.apiserver: expected a known field. Did you mean apiServer?",
          "clusterConfiguration.encryptionAlgorithm: expected one of ECDSA-P256",
          "kubeletExtraArgs: expected a list, got a map",
        ])
          check(text.includes(part), `${part}, got ${text}`);
        stack.write("dev", settings("60"));
      },
    },
  ],
  start: settings("60"),
  steps,
};
