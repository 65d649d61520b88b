import { cpSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { goModule, type KubernetesPins, pins } from "../../../../lib/versions/pins";
import { run } from "../../../../system/exec";
import type { Artifact, BuildContext } from "../../build/artifact";
import { releaseSuffix } from "../kubernetesRelease";
import { aptRun, debianImage, image } from "./debian";
import { goGroupArtifact } from "./golang";
import { imageNames, kubeadmImageNames, nodeImageName } from "./names";
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
export const nodeBase = image({
  name: "image-node-base",
  image: base,
  needs: [debianImage],
  pieces: {
    // All files get the default mode; node-base.sh makes the scripts executable.
    files: { module: kind, path: "images/base/files" },
    "files/usr/local/bin/crictl": { ours: "crictl.sh" },
    "node-base.sh": { ours: "node-base.sh" },
  },
  dockerfile: [
    `FROM slipway/debian:${source.debian}`,
    "COPY files/ /",
    "COPY node-base.sh /kind/",
    // One layer, so that the image does not contain files that node-base.sh removes.
    `${aptRun(packages)} && sh /kind/node-base.sh ${imageNames.pause}`,
    "ENV container=docker",
    "STOPSIGNAL SIGRTMIN+3",
    'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]',
    "",
  ].join("\n"),
});

/** Unpacks images with the node's containerd in a folder of the machine, because overlayfs does not nest. */
const preload = async ({ target, log }: BuildContext, folder: string, images: string[]): Promise<void> => {
  const work = join(target, "work");
  mkdirSync(work);
  cpSync(ourFile("node-preload.sh"), join(work, "preload.sh"));
  await run("docker", ["save", "--output", join(work, "images.tar"), ...images], { log });
  const options = ["--privileged", "--network", "none", "--volume", `${work}:/work`, "--entrypoint", "sh"];
  log(await run("docker", ["run", "--rm", ...options, base, "/work/preload.sh"], { log }));
  renameSync(join(work, "containerd.tar"), join(folder, "containerd.tar"));
  rmSync(work, { recursive: true, force: true });
};

/** Pause image of the base's containerd configuration, which nodes of all releases use. */
const [pinnedPause] = controlPlaneImages(source).filter(({ gives }) => gives === imageNames.pause);

/** Returns a release's kindest/node, from which cluster nodes are created, and the images in it. */
export const kubernetesImages = (release: KubernetesPins): { node: Artifact; kubeadm: Artifact[] } => {
  const names = kubeadmImageNames(release);
  const programs = goGroupArtifact(`kubernetes${releaseSuffix(release)}`);
  const kubeadm = [...controlPlaneImages(release), kubeProxyImage(release)];
  // All images that kubeadm would pull, and the base's pause if kubeadm uses another one.
  const ofBase = names.pause === imageNames.pause || pinnedPause === undefined ? [] : [pinnedPause];
  const { kubeApiserver, kubeControllerManager, kubeScheduler, kubeProxy, coredns, pause, etcd } = names;
  const preloaded = [
    ...[kubeApiserver, kubeControllerManager, kubeScheduler, kubeProxy, coredns, pause, etcd],
    ...ofBase.map(() => imageNames.pause),
  ];
  const defaultCni = readFileSync(ourFile("default-cni.yaml"), "utf8")
    .replace("KUBE_PROXY_IMAGE", names.kubeProxy)
    .replace("PAUSE_IMAGE", names.pause);
  const node = image({
    name: `image-node${releaseSuffix(release)}`,
    image: nodeImageName(release),
    needs: [nodeBase, programs, ...kubeadm, ...ofBase],
    pieces: {
      ...Object.fromEntries(
        ["kubeadm", "kubectl", "kubelet"].map((name) => [
          `files/usr/bin/${name}`,
          { artifact: programs.name, path: `bin/${name}` },
        ]),
      ),
      "files/kind/version": { text: `v${release.kubernetes}` },
      "files/kind/manifests/default-cni.yaml": { text: defaultCni },
      "files/kind/manifests/default-storage.yaml": { ours: "default-storage.yaml" },
    },
    prepare: {
      recipe: readFileSync(ourFile("node-preload.sh"), "utf8") + preloaded.join(" "),
      make: (context, folder) => preload(context, folder, preloaded),
    },
    dockerfile: `FROM ${base}\nADD containerd.tar /var/lib/\nCOPY files/ /\n`,
  });
  return { node, kubeadm };
};
