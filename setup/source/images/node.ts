import { cpSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Artifact, BuildContext } from "../../artifact";
import { goModule, pins } from "../../pins";
import { run } from "../../run";
import { aptRun, debianImage, image } from "./debian";
import { goGroupArtifact } from "./golang";
import { imageNames } from "./names";
import { kubeProxyImage } from "./programs";
import { ourFile } from "./recipe";
import { controlPlaneImages } from "./static";

const { source } = pins;
const kind = `sigs.k8s.io/kind@${goModule("sigs.k8s.io/kind")}`;
const base = `slipway/node-base:${source.kind}`;

const packages = [
  ...["systemd", "dbus", "containerd", "runc", "containernetworking-plugins"],
  ...["conntrack", "ebtables", "ethtool", "iproute2", "ipset", "iptables", "nftables", "socat"],
  ...["ca-certificates", "curl", "jq", "kmod", "mount", "pigz", "procps", "rsync"],
];

/** The node without Kubernetes: Debian, systemd, containerd and kind's files. */
const nodeBase = image({
  name: "image-node-base",
  image: base,
  needs: [debianImage],
  pieces: {
    // A mode for all; node-base.sh makes the scripts executable.
    files: { module: kind, path: "images/base/files" },
    "files/usr/local/bin/crictl": { ours: "crictl.sh" },
    "node-base.sh": { ours: "node-base.sh" },
  },
  dockerfile: [
    `FROM slipway/debian:${source.debian}`,
    "COPY files/ /",
    "COPY node-base.sh /kind/",
    // One layer: what node-base.sh removes is never carried along.
    `${aptRun(packages)} && sh /kind/node-base.sh ${imageNames.pause}`,
    "ENV container=docker",
    "STOPSIGNAL SIGRTMIN+3",
    'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]',
    "",
  ].join("\n"),
});

/** What the node's containerd has from the start: all that kubeadm would pull. */
const preloaded = [...controlPlaneImages, kubeProxyImage];
const preloadedNames = [
  imageNames.kubeApiserver,
  imageNames.kubeControllerManager,
  imageNames.kubeScheduler,
  imageNames.kubeProxy,
  imageNames.coredns,
  imageNames.pause,
  imageNames.etcd,
];

/** Lets the node's own containerd unpack the images, in a folder of the machine: overlayfs does not nest. */
const preload = async ({ target, log }: BuildContext, folder: string): Promise<void> => {
  const work = join(target, "work");
  mkdirSync(work);
  cpSync(ourFile("node-preload.sh"), join(work, "preload.sh"));
  await run("docker", ["save", "--output", join(work, "images.tar"), ...preloadedNames], { log });
  const inside = ["--privileged", "--network", "none", "--volume", `${work}:/work`, "--entrypoint", "sh"];
  log(await run("docker", ["run", "--rm", ...inside, base, "/work/preload.sh"], { log }));
  renameSync(join(work, "containerd.tar"), join(folder, "containerd.tar"));
  rmSync(work, { recursive: true, force: true });
};

const defaultCni = readFileSync(ourFile("default-cni.yaml"), "utf8")
  .replace("KUBE_PROXY_IMAGE", imageNames.kubeProxy)
  .replace("PAUSE_IMAGE", imageNames.pause);

const node = image({
  name: "image-node",
  image: imageNames.node,
  needs: [nodeBase, goGroupArtifact("kubernetes"), ...preloaded],
  pieces: {
    ...Object.fromEntries(
      ["kubeadm", "kubectl", "kubelet"].map((name) => [
        `files/usr/bin/${name}`,
        { artifact: "go-kubernetes", path: `bin/${name}` },
      ]),
    ),
    "files/kind/version": { text: `v${source.kubernetes}` },
    "files/kind/manifests/default-cni.yaml": { text: defaultCni },
    "files/kind/manifests/default-storage.yaml": { ours: "default-storage.yaml" },
  },
  prepare: { recipe: readFileSync(ourFile("node-preload.sh"), "utf8") + preloadedNames.join(" "), make: preload },
  dockerfile: `FROM ${base}\nADD containerd.tar /var/lib/\nCOPY files/ /\n`,
});

/** kindest/node, of which every node of every cluster is a container. */
export const nodeImages: Artifact[] = [nodeBase, node];
