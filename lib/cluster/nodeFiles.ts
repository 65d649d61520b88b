import type { ProxyVariables } from "../network/proxy";

/** A file that Slipway writes into nodes, and what makes a node read it. */
export interface NodeFile {
  readonly path: string;
  /** @default - the node gets no such file, and loses one of an earlier run */
  readonly text?: string;
  /** The program that reads the file: containerd, the node's list of authorities with containerd, or kubelet. */
  readonly reader: "containerd" | "authorities" | "kubelet";
  /** Environment of a node's container that means the same as the file: such a node needs no file. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What nodes need from this machine to pull images. */
export interface NodeAccess {
  readonly proxy?: ProxyVariables;
}

/** Path of containerd's settings in nodes. systemd reads them at the start of containerd. */
export const proxyFile = "/etc/systemd/system/containerd.service.d/slipway-proxy.conf";

/** Quotes a value for systemd, which expands `%` and backslashes. */
const quoteForSystemd = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%")}"`;

const proxyText = (variables: ProxyVariables): string =>
  [
    "[Service]",
    ...Object.entries(variables).map(([name, value]) => `Environment=${quoteForSystemd(`${name}=${value}`)}`),
  ]
    .map((line) => `${line}\n`)
    .join("");

/**
 * Returns the variables for a node's container. kind's entrypoint copies them into systemd's settings as they are, and systemd
 * reads `%%` as `%`. A password in a URL often has a `%`.
 */
export const containerVariables = (variables: ProxyVariables): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]: [string, string]) => [name, value.replaceAll("%", "%%")]),
  );

/** Returns all files that Slipway may write into nodes: those with a text, and those that a node must not have. */
export const nodeFiles = ({ proxy }: NodeAccess): NodeFile[] => [
  {
    path: proxyFile,
    reader: "containerd",
    ...(proxy === undefined ? {} : { text: proxyText(proxy), environment: containerVariables(proxy) }),
  },
];

/** Returns true if nodes need at least one file. */
export const needsNodeFiles = (access: NodeAccess): boolean => nodeFiles(access).some(({ text }) => text !== undefined);
