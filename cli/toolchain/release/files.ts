import { pins } from "../../../lib/versions/pins";

/** Base URLs of release files. Tests replace them with a local server. */
export interface Bases {
  github: string;
  kubernetes: string;
}

/** Base URLs of the projects' hosts. */
export const officialBases: Bases = { github: "https://github.com", kubernetes: "https://dl.k8s.io" };

/** One file of a release. */
export interface ReleaseFile {
  /** Name of the artifact. */
  name: string;
  version: string;
  base: keyof Bases;
  /** Path relative to the base. */
  path: string;
  /**
   * Path of the checksum file: "CHECKSUM  FILE" lines, or one bare checksum.
   * @default - the release publishes no checksums, so only the lock file is checked
   */
  checksums?: string;
  /** Executables in the file: the file itself, under this name, or the matching files of a folder in the tar archive. */
  unpack: { executable: string } | { folder: string; only: RegExp };
}

/** Operating system and processor in the names of releases. */
export interface Platform {
  os: "linux" | "darwin";
  arch: "amd64" | "arm64";
}

/**
 * Returns the platform of this machine.
 *
 * @throws Error for a platform without releases
 */
export const platformOf = (os: string = process.platform, arch: string = process.arch): Platform => {
  const name = arch === "x64" ? "amd64" : arch;
  if ((os !== "linux" && os !== "darwin") || (name !== "amd64" && name !== "arm64")) {
    throw new Error(
      `platform: expected Linux or macOS on amd64 or arm64 for the release route, got ${os} on ${arch}. ` +
        "Run Slipway on one of these platforms.",
    );
  }
  return { os, arch: name };
};

const plugin = (name: keyof typeof pins.pulumi.plugins, { os, arch }: Platform): ReleaseFile => {
  const version = pins.pulumi.plugins[name];
  const release = `pulumi/pulumi-${name}/releases/download/v${version}`;
  return {
    name: `pulumi-resource-${name}`,
    version,
    base: "github",
    path: `${release}/pulumi-resource-${name}-v${version}-${os}-${arch}.tar.gz`,
    // SHA-256 for kubernetes and command (goreleaser), SHA-1 for docker (its workflow calls plain shasum).
    checksums: `${release}/pulumi-${name}_${version}_checksums.txt`,
    unpack: { folder: ".", only: /^pulumi-resource-/ },
  };
};

/** Returns the release files of the tools for a platform. */
export const releaseFiles = (platform: Platform): ReleaseFile[] => {
  const { os, arch } = platform;
  const { kind, kubernetes, clusterApi } = pins.release;
  const cli = pins.pulumi.cli;
  return [
    {
      name: "pulumi",
      version: cli,
      base: "github",
      path: `pulumi/pulumi/releases/download/v${cli}/pulumi-v${cli}-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`,
      checksums: `pulumi/pulumi/releases/download/v${cli}/SHA512SUMS`,
      // The Node language host and the plugin for dynamic providers are in the same archive.
      unpack: { folder: "pulumi", only: /^pulumi(-language-nodejs.*|-resource-pulumi-nodejs)?$/ },
    },
    plugin("kubernetes", platform),
    plugin("docker", platform),
    plugin("command", platform),
    {
      name: "kind",
      version: kind,
      base: "github",
      path: `kubernetes-sigs/kind/releases/download/v${kind}/kind-${os}-${arch}`,
      checksums: `kubernetes-sigs/kind/releases/download/v${kind}/kind-${os}-${arch}.sha256sum`,
      unpack: { executable: "kind" },
    },
    {
      name: "kubectl",
      version: kubernetes,
      base: "kubernetes",
      path: `release/v${kubernetes}/bin/${os}/${arch}/kubectl`,
      checksums: `release/v${kubernetes}/bin/${os}/${arch}/kubectl.sha256`,
      unpack: { executable: "kubectl" },
    },
    {
      name: "clusterctl",
      version: clusterApi,
      base: "github",
      // Cluster API publishes no checksums, so the checksum is locked on first use.
      path: `kubernetes-sigs/cluster-api/releases/download/v${clusterApi}/clusterctl-${os}-${arch}`,
      unpack: { executable: "clusterctl" },
    },
  ];
};
