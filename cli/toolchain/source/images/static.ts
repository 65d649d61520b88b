import type { KubernetesPins } from "../../../../lib/versions/pins";
import type { Artifact } from "../../build/artifact";
import { releaseSuffix } from "../kubernetesRelease";
import { debianRootfs, docker, image } from "./debian";
import { goGroupArtifact } from "./golang";
import { imageNames, kubeadmImageNames } from "./names";
import type { Piece } from "./recipe";

/**
 * Base image with the files that static programs need: CA certificates, users, groups, a home folder and /tmp. Most
 * images with static programs share its layer.
 */
export const staticBase = image({
  name: "image-static",
  image: "slipway/static:1",
  needs: [docker, debianRootfs],
  pieces: {
    "files/etc/ssl/certs/ca-certificates.crt": { artifact: debianRootfs.name, path: "ca-certificates.crt" },
    "files/etc/passwd": {
      text: "root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
    },
    "files/etc/group": { text: "root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n" },
    "files/home/nonroot": { folder: true, mode: 0o777 },
    "files/tmp": { folder: true, mode: 0o1777 },
  },
  dockerfile: "FROM scratch\nCOPY files/ /\n",
});

interface StaticImage {
  name: string;
  image: string;
  group: string;
  /** Programs of the group by their path in the image. */
  programs: Record<string, string>;
  /** Numeric user id, for pods that require a user other than root. */
  user?: string;
  /** Default: the first program. */
  entrypoint?: string;
  pieces?: Record<string, Piece>;
}

const staticImage = (definition: StaticImage): Artifact => {
  const go = goGroupArtifact(definition.group);
  const programs = Object.entries(definition.programs).map(([path, output]): [string, Piece] => [
    `files${path}`,
    { artifact: go.name, path: `bin/${output}` },
  ]);
  const entrypoint = definition.entrypoint ?? Object.keys(definition.programs)[0]!;
  return image({
    name: definition.name,
    image: definition.image,
    needs: [staticBase, go],
    pieces: { ...Object.fromEntries(programs), ...definition.pieces },
    dockerfile: [
      "FROM slipway/static:1",
      "COPY files/ /",
      ...(definition.user ? [`USER ${definition.user}`] : []),
      `ENTRYPOINT ["${entrypoint}"]`,
      "",
    ].join("\n"),
  });
};

/** Returns the images with one static program that kubeadm of a release runs on a control plane. */
export const controlPlaneImages = (release: KubernetesPins): Artifact[] => {
  const names = kubeadmImageNames(release);
  const suffix = releaseSuffix(release);
  const kubernetes = (name: string, tag: string): Artifact =>
    staticImage({
      name: `image-${name}${suffix}`,
      image: tag,
      group: `kubernetes${suffix}`,
      programs: { [`/usr/local/bin/${name}`]: name },
    });
  return [
    kubernetes("kube-apiserver", names.kubeApiserver),
    kubernetes("kube-controller-manager", names.kubeControllerManager),
    kubernetes("kube-scheduler", names.kubeScheduler),
    staticImage({
      name: `image-coredns${suffix}`,
      image: names.coredns,
      group: `coredns${suffix}`,
      programs: { "/coredns": "coredns" },
    }),
    staticImage({
      name: `image-pause${suffix}`,
      image: names.pause,
      group: "pause",
      programs: { "/pause": "pause" },
      user: "65535:65535",
    }),
    staticImage({
      name: `image-etcd${suffix}`,
      image: names.etcd,
      group: `etcd${suffix}`,
      programs: { "/usr/local/bin/etcd": "etcd" },
    }),
  ];
};

/** Returns the image of a Cluster API manager. Only CAPD's manager runs as root, because it opens Docker's socket. */
const manager = (name: string, tag: string, output: string, user?: string): Artifact =>
  staticImage({ name: `image-${name}`, image: tag, group: "cluster-api", programs: { "/manager": output }, user });

const certManager = (name: string, tag: string): Artifact =>
  staticImage({
    name: `image-cert-manager-${name}`,
    image: tag,
    group: "cert-manager",
    programs: { [`/app/cmd/${name}/${name}`]: `cert-manager-${name}` },
    user: "65532",
  });

/** Images with one static program for the management cluster or workload clusters. */
export const controllerImages: Artifact[] = [
  manager("cluster-api", imageNames.clusterApi, "cluster-api-controller", "65532"),
  manager("kubeadm-bootstrap", imageNames.kubeadmBootstrap, "kubeadm-bootstrap-controller", "65532"),
  manager("kubeadm-control-plane", imageNames.kubeadmControlPlane, "kubeadm-control-plane-controller", "65532"),
  manager("capd", imageNames.capd, "capd-manager"),
  certManager("controller", imageNames.certManagerController),
  certManager("cainjector", imageNames.certManagerCainjector),
  certManager("webhook", imageNames.certManagerWebhook),
  staticImage({
    name: "image-metallb-controller",
    image: imageNames.metallbController,
    group: "metallb",
    programs: { "/controller": "metallb-controller" },
  }),
  staticImage({
    name: "image-metallb-speaker",
    image: imageNames.metallbSpeaker,
    group: "metallb",
    programs: { "/speaker": "metallb-speaker" },
  }),
  staticImage({
    name: "image-calico-kube-controllers",
    image: imageNames.calicoKubeControllers,
    group: "calico",
    programs: { "/usr/bin/kube-controllers": "kube-controllers", "/usr/bin/check-status": "check-status" },
    user: "999",
    // Each program writes files there that the other program reads.
    pieces: { "files/status": { folder: true, mode: 0o777 }, "files/profiles": { folder: true, mode: 0o777 } },
  }),
];
