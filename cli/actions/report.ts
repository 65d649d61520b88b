import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Reach } from "../../lib/base/containerAddresses";
import type { Outputs } from "../pulumi/run";
import { writeAtomically } from "../../system/files";

/** Folder of a stack's kubeconfigs, relative to the checkout. */
export const kubeconfigFolder = (stack: string): string => join(".slipway", "kubeconfigs", stack);

/** Writes one file (mode 0600) for each cluster and removes the files of deleted clusters. */
export const writeKubeconfigs = (
  checkout: string,
  stack: string,
  kubeconfigs: Record<string, string>,
): Record<string, string> => {
  const folder = join(checkout, kubeconfigFolder(stack));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700); // a step may have created the folder with another mode
  const files: Record<string, string> = {};
  for (const [name, text] of Object.entries(kubeconfigs)) {
    const file = join(folder, `${name}.yaml`);
    writeAtomically(file, text.endsWith("\n") ? text : `${text}\n`, { private: true });
    files[name] = join(kubeconfigFolder(stack), `${name}.yaml`);
  }
  for (const name of readdirSync(folder)) {
    if (name.endsWith(".yaml") && !(name.slice(0, -5) in kubeconfigs)) rmSync(join(folder, name));
  }
  return files;
};

/** Removes a stack's kubeconfigs, whose clusters no longer exist after destroy. */
export const removeKubeconfigs = (checkout: string, stack: string): void => {
  const folder = join(checkout, kubeconfigFolder(stack));
  if (existsSync(folder)) rmSync(folder, { recursive: true });
};

const plainText = (html: string): string =>
  html
    .replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/[ \t]+/g, " ")
    .replace(/\s*\n\s*/g, "\n")
    .trim();

/** Returns the first lines of the answer, without HTML tags. */
export const excerpt = (answer: string, count = 6): string[] => {
  const lines = plainText(answer).split("\n");
  return lines.length > count ? [...lines.slice(0, count), "…"] : lines;
};

/** Port of this machine in the printed `kubectl port-forward`. */
const forwardedPort = 8080;

/** Returns the lines that say how to reach the first application from a host that does not reach its address. */
const forwardLines = ({ urls = {} }: Outputs, files: Record<string, string>): string[] => {
  const [file] = Object.keys(urls).flatMap((name) => files[name] ?? []);
  if (file === undefined) return [];
  const command = `.tools/bin/kubectl --kubeconfig ${file} port-forward --namespace default service/nginx`;
  return [
    "this host does not reach that address. This command makes the application answer at " +
      `http://127.0.0.1:${forwardedPort}/:`,
    `  ${command} ${forwardedPort}:80`,
    "",
  ];
};

/** Returns the lines that `make up` prints at its end. */
export const upReport = (
  stack: string,
  outputs: Outputs,
  files: Record<string, string>,
  isDefault: boolean,
  reach: Reach = "address",
): string[] => {
  const { url, answer, managementCluster, clusters = [] } = outputs;
  const management = managementCluster === undefined ? undefined : files[managementCluster];
  const first = clusters[0];
  const workload = first === undefined ? undefined : files[first.name];
  const isReached = reach === "address";
  const suffix = isDefault ? "" : ` STACK=${stack}`;
  const width = Math.max(0, ...Object.keys(files).map((name) => name.length));
  return [
    "",
    ...(url
      ? [
          `${url} answers${isReached ? "" : " inside the Docker network"}:`,
          ...excerpt(answer ?? "").map((line) => `  | ${line}`),
          "",
        ]
      : []),
    ...(isReached ? [] : forwardLines(outputs, files)),
    ...(outputs.loadBalancerRange ? [`load balancer addresses: ${outputs.loadBalancerRange}`] : []),
    "kubeconfigs:",
    ...Object.entries(files).map(
      ([name, file]) => `  ${name.padEnd(width)}  ${file}${name === managementCluster ? "  (management)" : ""}`,
    ),
    "",
    "look around:",
    "  . .slipway/env.sh",
    ...(workload ? [`  kubectl --kubeconfig ${workload} get pods -A`] : []),
    ...(management && first
      ? [`  clusterctl --kubeconfig ${management} describe cluster ${first.name} --namespace ${first.namespace}`]
      : []),
    `  make status${suffix}`,
    `take it down:\n  make destroy${suffix}`,
  ];
};
