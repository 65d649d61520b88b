import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { goModule, pins } from "../../../lib/versions/pins";
import type { Artifact } from "../build/artifact";
import { downloadModule, type GoGroup } from "./goGroup";
import { image } from "./images/debian";
import { goArtifact } from "./images/golang";
import { iptablesOfNode, networkTools } from "./images/programs";
import { keyOf } from "./images/recipe";
import { checkImages } from "./manifests";

const { source } = pins;
const flannel = "github.com/flannel-io/flannel";
const plugins = "github.com/containernetworking/plugins";
const cni = "github.com/containernetworking/cni";
const flannelModule = `${flannel}@${goModule(flannel)}`;
const main = "flanneld/main.go";

/** flanneld without two backends: udp needs C on amd64, and the module of tencent-vpc is not available. */
const daemon: GoGroup = {
  name: "flannel",
  like: flannelModule,
  requires: { [flannel]: goModule(flannel) },
  copies: [[flannelModule, "main.go", main]],
  omitLines: { [main]: [`"${flannel}/pkg/backend/udp"`, `"${flannel}/pkg/backend/tencentvpc"`] },
  variables: { [`${flannel}/pkg/version.Version`]: `v${source.flannel}` },
  mains: [
    { package: "./flanneld", output: "flanneld" },
    { package: `${flannel}/cmd/install_conf`, output: "install-conf" },
  ],
};

/** The CNI plugin from containernetworking/plugins, because its own repository has no module. A newer cni supports CNI 1.0. */
const plugin: GoGroup = {
  name: "flannel-cni-plugin",
  like: `${plugins}@${goModule(plugins)}`,
  requires: { [plugins]: goModule(plugins), [cni]: goModule(cni) },
  variables: { [`${plugins}/pkg/utils/buildversion.BuildVersion`]: goModule(plugins) },
  mains: [{ package: `${plugins}/plugins/meta/flannel`, output: "flannel" }],
};

const names = {
  flannel: `ghcr.io/flannel-io/flannel:v${source.flannel}`,
  cniPlugin: `ghcr.io/flannel-io/flannel-cni-plugin:v${source.flannelCniPlugin}`,
};

const [daemonPrograms, pluginProgram] = [goArtifact(daemon), goArtifact(plugin)];

const flannelImage = image({
  name: "image-flannel",
  image: names.flannel,
  needs: [networkTools, daemonPrograms],
  pieces: {
    "files/opt/bin/flanneld": { artifact: daemonPrograms.name, path: "bin/flanneld" },
    "files/opt/bin/install-conf": { artifact: daemonPrograms.name, path: "bin/install-conf" },
    ...iptablesOfNode,
  },
  dockerfile: 'FROM slipway/network-tools:1\nCOPY files/ /\nENTRYPOINT ["/opt/bin/flanneld"]\n',
});

const cniPluginImage = image({
  name: "image-flannel-cni-plugin",
  image: names.cniPlugin,
  needs: [networkTools, pluginProgram],
  pieces: { "files/flannel": { artifact: pluginProgram.name, path: "bin/flannel" } },
  // The manifest copies the plugin to the node with cp, which network-tools has.
  dockerfile: "FROM slipway/network-tools:1\nCOPY files/ /\n",
});

const images = [flannelImage, cniPluginImage];

const manifest: Artifact = {
  name: "manifest-flannel",
  title: "Manifest of flannel",
  needs: images.map(({ name }) => name),
  gives: ".tools/manifests/flannel.yaml",
  key: keyOf(flannelModule, names, images.map(({ key }) => key)), // prettier-ignore
  build: async ({ target, log }) => {
    const { Dir } = await downloadModule(flannelModule, log);
    copyFileSync(join(Dir, "Documentation/kube-flannel.yml"), join(target, "flannel.yaml"));
    checkImages(target, Object.values(names), log);
  },
};

/** Artifacts of flannel: its manifest, images and programs. */
export const flannelArtifacts: Artifact[] = [manifest, ...images, daemonPrograms, pluginProgram];
