import { goModule, pins } from "../../../lib/versions/pins";
import type { GoGroup } from "./goGroup";
import { corednsGroup, etcdGroup, gitVersion, kubernetesGroup } from "./kubernetesRelease";

const { source, pulumi } = pins;

const at = (path: string): string => `${path}@${goModule(path)}`;
const required = (...paths: string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, goModule(path)]));

const pkg = "github.com/pulumi/pulumi/pkg/v3";
const sdk = "github.com/pulumi/pulumi/sdk/v3";
const kubernetesPlugin = "github.com/pulumi/pulumi-kubernetes/provider/v4";
const helm = "helm.sh/helm/v3";
const bridge = "github.com/pulumi/pulumi-terraform-bridge/v3";
const dockerProvider = "github.com/terraform-providers/terraform-provider-docker";
const capi = "sigs.k8s.io/cluster-api";
const metallb = "go.universe.tf/metallb";
const calico = "github.com/projectcalico/calico";
const certManager = "github.com/cert-manager/cert-manager";
const languageHost = `${sdk}@${goModule(`language host: ${sdk}`)}`;

/** Returns the group of Cluster API's four managers and clusterctl; `version` has no v. */
export const clusterApiGroup = (version: string): GoGroup => ({
  name: "cluster-api",
  like: `${capi}@v${version}`,
  requires: {
    [capi]: `v${version}`,
    [`${capi}/test`]: `v${version}`,
    [`${capi}/api`]: `v${version}`,
  },
  variables: gitVersion(`${capi}/version`, version),
  mains: [
    { package: `${capi}/core`, output: "cluster-api-controller" },
    { package: `${capi}/bootstrap/kubeadm`, output: "kubeadm-bootstrap-controller" },
    { package: `${capi}/controlplane/kubeadm`, output: "kubeadm-control-plane-controller" },
    { package: `${capi}/test/infrastructure/docker`, output: "capd-manager" },
    { package: `${capi}/cmd/clusterctl`, output: "clusterctl" },
  ],
});

/** Groups of every stack on the source route. The longest builds come first, so that short builds fill the gaps. */
export const goGroups: GoGroup[] = [
  {
    // helm renders cert-manager's chart. The plugin's module graph includes helm, so common packages are compiled once.
    name: "kubernetes-plugin",
    like: at(kubernetesPlugin),
    requires: required(kubernetesPlugin, helm),
    replaces: {
      "github.com/pulumi/pulumi-kubernetes/sdk/v4": `github.com/pulumi/pulumi-kubernetes/sdk/v4 ${goModule("github.com/pulumi/pulumi-kubernetes/sdk/v4")}`,
    },
    copies: ["schema.json", "terraform-mapping.json"].map((file): [string, string, string] => [
      at(kubernetesPlugin),
      `cmd/pulumi-resource-kubernetes/${file}`,
      `pulumi-resource-kubernetes/${file}`,
    ]),
    variables: { [`${kubernetesPlugin}/pkg/version.Version`]: `v${pulumi.plugins.kubernetes}` },
    mains: [
      { package: "./pulumi-resource-kubernetes", output: "pulumi-resource-kubernetes" },
      { package: `${helm}/cmd/helm`, output: "helm" },
    ],
  },
  kubernetesGroup(source),
  clusterApiGroup(source.clusterApi),
  {
    // Not in Cluster API's group, because MetalLB's webhooks do not compile with that controller-runtime.
    name: "metallb",
    like: at(metallb),
    requires: required(metallb),
    mains: ["controller", "speaker"].map((name) => ({ package: `${metallb}/${name}`, output: `metallb-${name}` })),
  },
  {
    name: "docker-plugin",
    module: `${dockerProvider}/slipway`,
    like: at(bridge),
    requires: { ...required(bridge), [dockerProvider]: goModule("github.com/kreuzwerker/terraform-provider-docker") },
    replaces: {
      [dockerProvider]: `github.com/kreuzwerker/terraform-provider-docker ${goModule("github.com/kreuzwerker/terraform-provider-docker")}`,
      "github.com/hashicorp/terraform-plugin-sdk/v2": `github.com/pulumi/terraform-plugin-sdk/v2 ${goModule("github.com/pulumi/terraform-plugin-sdk/v2")}`,
    },
    variables: { "main.version": pulumi.plugins.docker },
    mains: [{ package: "./pulumi-resource-docker", output: "pulumi-resource-docker" }],
  },
  {
    name: "pulumi",
    like: at(pkg),
    requires: required(pkg, sdk),
    replaces: {
      "github.com/atotto/clipboard": `github.com/tgummerer/clipboard ${goModule("github.com/tgummerer/clipboard")}`,
    },
    variables: { [`${sdk}/go/common/version.Version`]: `v${pulumi.cli}` },
    mains: [{ package: `${pkg}/cmd/pulumi`, output: "pulumi" }],
  },
  {
    name: "calico",
    like: at(calico),
    requires: required(calico),
    copyReplaces: true,
    replaces: {
      "github.com/projectcalico/api": `github.com/projectcalico/api ${goModule("github.com/projectcalico/api")}`,
    },
    mains: [
      { package: `${calico}/node/cmd/calico-node`, output: "calico-node" },
      { package: `${calico}/cni-plugin/cmd/calico`, output: "calico" },
      { package: `${calico}/cni-plugin/cmd/install`, output: "install" },
      { package: `${calico}/kube-controllers/cmd/kube-controllers`, output: "kube-controllers" },
      { package: `${calico}/kube-controllers/cmd/check-status`, output: "check-status" },
    ],
  },
  corednsGroup(source),
  {
    name: "cert-manager",
    like: at(certManager),
    requires: required(certManager),
    mains: ["controller", "cainjector", "webhook"].map((name) => ({
      package: `${certManager}/cmd/${name}`,
      output: `cert-manager-${name}`,
    })),
  },
  etcdGroup(source),
  {
    name: "language-host",
    like: languageHost,
    requires: { [sdk]: goModule(`language host: ${sdk}`) },
    copyReplaces: true,
    mains: [{ package: `${sdk}/nodejs/cmd/pulumi-language-nodejs`, output: "pulumi-language-nodejs" }],
  },
  {
    name: "kind",
    like: at("sigs.k8s.io/kind"),
    requires: required("sigs.k8s.io/kind"),
    mains: [{ package: "sigs.k8s.io/kind", output: "kind" }],
  },
  {
    // Slipway's program, because the released pause needs a C compiler, which may be missing.
    name: "pause",
    like: at("sigs.k8s.io/kind"),
    requires: {},
    mains: [{ package: "./pause", output: "pause" }],
  },
];
