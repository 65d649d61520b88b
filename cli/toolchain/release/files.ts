import { pins } from "../../../lib/versions/pins";

/** Where release files come from; tests put a server of their own here. */
export interface Bases {
  github: string;
  kubernetes: string;
}

/** The projects' own hosts. */
export const officialBases: Bases = { github: "https://github.com", kubernetes: "https://dl.k8s.io" };

/** One file of a release. */
export interface ReleaseFile {
  /** Artifact name, and what the user reads. */
  name: string;
  version: string;
  base: keyof Bases;
  /** Path under the base. */
  path: string;
  /** Path of the file with published sums: a list of "SUM  FILE" lines, or one bare sum. None: the lock file alone. */
  sums?: string;
  /** How the executables come out of it: the file itself under this name, or all of a folder of the tar archive. */
  unpack: { executable: string } | { folder: string; only: RegExp };
}

/** Operating system and processor as releases name them. */
export interface Platform {
  os: "linux" | "darwin";
  arch: "amd64" | "arm64";
}

/** This machine's platform; refuses what no release is built for. */
export const platformOf = (os: string = process.platform, arch: string = process.arch): Platform => {
  const name = arch === "x64" ? "amd64" : arch;
  if ((os !== "linux" && os !== "darwin") || (name !== "amd64" && name !== "arm64")) {
    throw new Error(
      `no release files for ${os} on ${arch}: the release route runs on Linux and macOS, amd64 and arm64`,
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
    sums: `${release}/pulumi-${name}_${version}_checksums.txt`,
    unpack: { folder: ".", only: /^pulumi-resource-/ },
  };
};

/** The tools of the release route, for one platform. */
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
      sums: `pulumi/pulumi/releases/download/v${cli}/SHA512SUMS`,
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
      sums: `kubernetes-sigs/kind/releases/download/v${kind}/kind-${os}-${arch}.sha256sum`,
      unpack: { executable: "kind" },
    },
    {
      name: "kubectl",
      version: kubernetes,
      base: "kubernetes",
      path: `release/v${kubernetes}/bin/${os}/${arch}/kubectl`,
      sums: `release/v${kubernetes}/bin/${os}/${arch}/kubectl.sha256`,
      unpack: { executable: "kubectl" },
    },
    {
      name: "clusterctl",
      version: clusterApi,
      base: "github",
      // Cluster API publishes no sums (its Makefile's release targets make none): locked on first use.
      path: `kubernetes-sigs/cluster-api/releases/download/v${clusterApi}/clusterctl-${os}-${arch}`,
      unpack: { executable: "clusterctl" },
    },
  ];
};
