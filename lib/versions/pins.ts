import pinsFile from "../../pins.json";

/** The two ways to the tools: official release files, or built from Go modules and Debian packages. */
export type Route = "release" | "source";

/** Tells whether a value names a route. */
export const isRoute = (text: unknown): text is Route => text === "release" || text === "source";

/** Versions of what both routes install; the `source` route may lag where a module is not published. */
export interface RoutePins {
  kind: string;
  kubernetes: string;
  /** Digest of kind's node image of this Kubernetes version (`sha256:…`), from kind's release notes. */
  nodeImageDigest?: string;
  clusterApi: string;
  certManager: string;
  calico: string;
  flannel: string;
  metallb: string;
  nginx: string;
  /** Published as an image only, so the source route has none. */
  cloudProviderKind?: string;
}

/** A release of Kubernetes, and what its kubeadm asks for (`kubeadm config images list`). */
export interface KubernetesPins {
  kubernetes: string;
  etcd: string;
  coredns: string;
  pause: string;
}

/** What the source route pins besides: parts of the images, and each Go module whose version none of these gives. */
export interface SourcePins extends RoutePins, KubernetesPins {
  /** Releases that node images are made of for the stacks that name them; one for each minor version. */
  otherKubernetes: KubernetesPins[];
  haproxy: string;
  flannelCniPlugin: string;
  debian: string;
  goModules: Record<string, string>;
}

/** The shape of pins.json, the one file of versions. */
export interface Pins {
  minimum: { go: string; node: string; docker: string };
  pulumi: { cli: string; plugins: Record<"command" | "docker" | "kubernetes", string> };
  /** Go modules of the providers whose published templates the tests render. */
  providerTemplates: Record<string, string>;
  release: RoutePins;
  source: SourcePins;
}

/** Every version Slipway uses, from pins.json. */
export const pins = pinsFile as Pins;

/** The pinned version of a Go module; throws where pins.json has none. */
export const goModule = (name: string): string => {
  const version = pins.source.goModules[name];
  if (version === undefined) throw new Error(`pins.json: expected a version of the Go module ${name}, got none`);
  return version;
};
