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

/** Kustomizations of the modules: file to module, folder in the module, and image of the manager. */
const kustomizations: Record<string, [module: string, folder: string, image: string]> = {
  "core-components.yaml": [capi, "core/config/default", imageNames.clusterApi],
  "bootstrap-components.yaml": [capi, "bootstrap/kubeadm/config/default", imageNames.kubeadmBootstrap],
  "control-plane-components.yaml": [capi, "controlplane/kubeadm/config/default", imageNames.kubeadmControlPlane],
  "infrastructure-components.yaml": [capd, "infrastructure/docker/config/default", imageNames.capd],
};

/** Manifests that are files of a module. */
const plain: Record<string, [module: string, path: string]> = {
  "metadata.yaml": [capi, "metadata.yaml"],
  "metallb.yaml": [metallb, "config/manifests/metallb-native.yaml"],
  "calico.yaml": [calico, "manifests/calico-vxlan.yaml"],
};

/** Sets the manager's image and pull policy in a kustomization's output, as the project's release does. */
export const asReleased = (text: string, image: string): string => {
  const released = text
    .replace(/^( *image: )gcr\.io\/k8s-staging-cluster-api\/[\w-]+:main$/gm, `$1${image}`)
    .replace(/^( *imagePullPolicy: )Always$/gm, "$1IfNotPresent");
  if (!released.includes(` image: ${image}\n`)) {
    throw new Error(`kustomization of ${image}: expected an image with the tag main, got ${imagesIn(text).join(", ")}`);
  }
  return released;
};

/** Returns the images that a manifest runs. */
export const imagesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/^ *(?:- )?image: *["']?([\w./-]+:[\w.-]+)["']?$/gm)].map((match) => match[1]!)),
];

/** Sorts the documents of a rendered chart, so that they can be applied from top to bottom. */
export const inOrder = (rendered: string, namespace: string): string => {
  const documents = rendered.split(/^---$/m).map((text) => text.trim()).filter(Boolean); // prettier-ignore
  const isCrd = (text: string): boolean => /^kind: CustomResourceDefinition$/m.test(text);
  const first = `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}`;
  const ordered = [first, ...documents.filter(isCrd), ...documents.filter((text) => !isCrd(text))];
  return `${ordered.join("\n---\n")}\n`;
};

/** Renders cert-manager's chart, and fills in the values that are missing in the module. */
const renderCertManager = async (context: BuildContext): Promise<string> => {
  const { log, target } = context;
  const module = await downloadModule(certManager, log);
  const chart = join(target, "chart");
  await run("cp", ["-R", "--no-preserve=mode", join(module.Dir, "deploy/charts/cert-manager"), chart], { log });
  const text = readFileSync(join(chart, "Chart.template.yaml"), "utf8");
  const version = text.replaceAll("v0.1.0", `v${source.certManager}`).replaceAll("{{IS_PRERELEASE}}", "false");
  writeFileSync(join(chart, "Chart.yaml"), version);
  const crds = join(module.Dir, "deploy/crds");
  for (const name of readdirSync(crds).filter((file) => file.endsWith(".yaml"))) {
    writeFileSync(join(chart, "templates", name), readFileSync(join(crds, name)));
  }
  // The hook's job would need an image for a check that Slipway does itself.
  const settings = ["--namespace", "cert-manager", "--set", "installCRDs=true,startupapicheck.enabled=false"];
  const kubeVersion = ["--kube-version", source.kubernetes];
  const helm = join(context.of("go-kubernetes-plugin"), "bin/helm");
  const rendered = await run(helm, ["template", "cert-manager", chart, ...settings, ...kubeVersion], { log });
  rmSync(chart, { recursive: true, force: true });
  return inOrder(rendered, "cert-manager");
};

/**
 * Checks that every image in the manifests is built, because the source route cannot pull images.
 *
 * @throws for an image that is not built
 */
export const checkImages = (folder: string, built: readonly string[], log: Log): void => {
  for (const name of readdirSync(folder)) {
    const images = imagesIn(readFileSync(join(folder, name), "utf8"));
    log(`${name}: ${images.join(" ") || "no image"}\n`);
    const unknown = images.filter((image) => !built.includes(image.replace(/^docker\.io\//, "")));
    if (unknown.length > 0)
      throw new Error(`${name}: expected images that cli/toolchain/source/images builds, got ${unknown.join(", ")}`);
  }
};

const needs = [goGroupArtifact("kubernetes"), goGroupArtifact("kubernetes-plugin")];

/** Manifests of the programs in clusters, from the same modules as the images. */
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
