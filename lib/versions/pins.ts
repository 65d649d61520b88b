import pinsFile from "../../pins.json";

/** Source of the tools: official release files, or a build from Go modules and Debian packages. */
export type Route = "release" | "source";

/** Returns whether a value names a route. */
export const isRoute = (text: unknown): text is Route => text === "release" || text === "source";

/** Versions that both routes install. The `source` route has an older version if a module is not published. */
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
  /** Absent on the source route, because it is published only as an image. */
  cloudProviderKind?: string;
}

/** A release of Kubernetes, and the versions of its images (`kubeadm config images list`). */
export interface KubernetesPins {
  kubernetes: string;
  etcd: string;
  coredns: string;
  pause: string;
  /** Go modules that take the place of modules of this release which no proxy serves: path to "path version". */
  replaces?: Record<string, string>;
}

/** Further versions of the source route: parts of the images, and Go modules that no other version determines. */
export interface SourcePins extends RoutePins, KubernetesPins {
  /** Further Kubernetes releases for node images; one for each minor version. */
  otherKubernetes: KubernetesPins[];
  haproxy: string;
  flannelCniPlugin: string;
  debian: string;
  goModules: Record<string, string>;
}

/** Structure of pins.json, which contains all versions. */
export interface Pins {
  minimum: { go: string; node: string; docker: string };
  pulumi: { cli: string; plugins: Record<"command" | "docker" | "kubernetes", string> };
  /** Go modules of providers whose published templates the tests render. */
  providerTemplates: Record<string, string>;
  release: RoutePins;
  source: SourcePins;
}

/** All versions of pins.json. */
export const pins = pinsFile as Pins;

/**
 * Returns the pinned version of a Go module.
 *
 * @throws if pins.json does not contain the module
 */
export const goModule = (name: string): string => {
  const version = pins.source.goModules[name];
  if (version === undefined) throw new Error(`pins.json: expected a version of the Go module ${name}, got none`);
  return version;
};
