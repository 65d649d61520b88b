import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goModule, pins } from "../../../lib/versions/pins";
import { run, type Log } from "../../../system/exec";
import type { Artifact, BuildContext } from "../build/artifact";
import { downloadModule } from "./goGroup";
import { goGroupArtifact } from "./images/golang";
import { imageNames } from "./images/names";
import { keyOf } from "./images/recipe";

const { source } = pins;

const at = (path: string, version = goModule(path)): string => `${path}@${version}`;
const capi = at("sigs.k8s.io/cluster-api");
const capd = at("sigs.k8s.io/cluster-api/test", goModule("sigs.k8s.io/cluster-api"));
const metallb = at("go.universe.tf/metallb");
const calico = at("github.com/projectcalico/calico");
const certManager = at("github.com/cert-manager/cert-manager");

/** Kustomizations of the modules: file to module, folder in it and the image of its manager. */
const kustomizations: Record<string, [module: string, folder: string, image: string]> = {
  "core-components.yaml": [capi, "core/config/default", imageNames.clusterApi],
  "bootstrap-components.yaml": [capi, "bootstrap/kubeadm/config/default", imageNames.kubeadmBootstrap],
  "control-plane-components.yaml": [capi, "controlplane/kubeadm/config/default", imageNames.kubeadmControlPlane],
  "infrastructure-components.yaml": [capd, "infrastructure/docker/config/default", imageNames.capd],
};

/** Files that a module has ready. */
const plain: Record<string, [module: string, path: string]> = {
  "metadata.yaml": [capi, "metadata.yaml"],
  "metallb.yaml": [metallb, "config/manifests/metallb-native.yaml"],
  "calico.yaml": [calico, "manifests/calico-vxlan.yaml"],
};

/** What the release does to a kustomization's output: the manager's image by name and version, pulled only if absent. */
export const asReleased = (text: string, image: string): string => {
  const released = text
    .replace(/^( *image: )gcr\.io\/k8s-staging-cluster-api\/[\w-]+:main$/gm, `$1${image}`)
    .replace(/^( *imagePullPolicy: )Always$/gm, "$1IfNotPresent");
  if (!released.includes(` image: ${image}\n`)) {
    throw new Error(`The kustomization of ${image} has no image …:main to name; it has ${imagesIn(text).join(", ")}`);
  }
  return released;
};

/** The images a manifest runs. */
export const imagesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/^ *(?:- )?image: *["']?([\w./-]+:[\w.-]+)["']?$/gm)].map((match) => match[1]!)),
];

/** Puts a chart's rendered text in an order that can be applied from top to bottom. */
export const inOrder = (rendered: string, namespace: string): string => {
  const documents = rendered.split(/^---$/m).map((one) => one.trim()).filter(Boolean); // prettier-ignore
  const isCrd = (one: string): boolean => /^kind: CustomResourceDefinition$/m.test(one);
  const first = `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}`;
  const ordered = [first, ...documents.filter(isCrd), ...documents.filter((one) => !isCrd(one))];
  return `${ordered.join("\n---\n")}\n`;
};

/** Renders cert-manager's chart, which its module has without the parts that the release tool fills in. */
const renderCertManager = async (context: BuildContext): Promise<string> => {
  const { log, target } = context;
  const module = await downloadModule(certManager, log);
  const chart = join(target, "chart");
  await run("cp", ["-R", "--no-preserve=mode", join(module.Dir, "deploy/charts/cert-manager"), chart], { log });
  const text = readFileSync(join(chart, "Chart.template.yaml"), "utf8");
  const version = text.replaceAll("v0.1.0", `v${source.certManager}`).replaceAll("{{IS_PRERELEASE}}", "false");
  writeFileSync(join(chart, "Chart.yaml"), version);
  const crds = join(module.Dir, "deploy/crds");
  for (const name of readdirSync(crds).filter((one) => one.endsWith(".yaml"))) {
    writeFileSync(join(chart, "templates", name), readFileSync(join(crds, name)));
  }
  // The hook's job would want an image for a check that Slipway makes itself.
  const settings = ["--namespace", "cert-manager", "--set", "installCRDs=true,startupapicheck.enabled=false"];
  const kubeVersion = ["--kube-version", source.kubernetes];
  const helm = join(context.of("go-kubernetes-plugin"), "bin/helm");
  const rendered = await run(helm, ["template", "cert-manager", chart, ...settings, ...kubeVersion], { log });
  rmSync(chart, { recursive: true, force: true });
  return inOrder(rendered, "cert-manager");
};

/** Every image that a manifest runs must be one that is built: nothing can be pulled where this is used. */
export const checkImages = (folder: string, built: readonly string[], log: Log): void => {
  for (const name of readdirSync(folder)) {
    const images = imagesIn(readFileSync(join(folder, name), "utf8"));
    log(`${name}: ${images.join(" ") || "no image"}\n`);
    const unknown = images.filter((image) => !built.includes(image.replace(/^docker\.io\//, "")));
    if (unknown.length > 0)
      throw new Error(`${name} runs ${unknown.join(", ")}, which cli/toolchain/source/images does not build`);
  }
};

const needs = [goGroupArtifact("kubernetes"), goGroupArtifact("kubernetes-plugin")];

/** The manifests of what is installed into clusters, from the same modules as its images. */
export const manifests: Artifact = {
  name: "manifests",
  title: "Manifests of Cluster API, cert-manager, Calico and MetalLB",
  needs: needs.map((need) => need.name),
  key: keyOf(
    kustomizations,
    plain,
    certManager,
    imageNames,
    needs.map((need) => need.key),
    "1",
  ),
  build: async (context) => {
    const { log, target } = context;
    for (const [file, [module, folder, image]] of Object.entries(kustomizations)) {
      const { Dir } = await downloadModule(module, log);
      const kubectl = join(context.of("go-kubernetes"), "bin/kubectl");
      const text = await run(kubectl, ["kustomize", join(Dir, folder)], { log });
      writeFileSync(join(target, file), asReleased(text, image));
    }
    for (const [file, [module, path]] of Object.entries(plain)) {
      copyFileSync(join((await downloadModule(module, log)).Dir, path), join(target, file));
    }
    writeFileSync(join(target, "cert-manager.yaml"), await renderCertManager(context));
    checkImages(target, Object.values(imageNames), log);
  },
};
