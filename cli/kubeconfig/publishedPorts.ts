import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { serverOf, withServer } from "../../lib/kubernetes/kubeconfig";
import { writeAtomically } from "../../system/files";
import { readPublishedPorts } from "../../system/reach";
import { readRegularFile } from "../../system/regularFile";
import { kubeconfigFolder } from "../actions/report";
import type { Target } from "../pulumi/run";

/** Returns true for the kubeconfig of a workload cluster that uses a published port. kind keeps the port of its own node. */
const usesPublishedPort = (text: string): boolean => {
  if (!text.includes("https://127.0.0.1:") || /^current-context: kind-/m.test(text)) return false;
  try {
    return /^https:\/\/127\.0\.0\.1:\d+$/.test(serverOf(text));
  } catch {
    return false; // the command that needs the file reports the fault
  }
};

/** Returns the kubeconfigs in a folder that use a published port, by cluster. */
const publishedKubeconfigs = (folder: string): Map<string, string> => {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".yaml")) : [];
  return new Map(
    files.flatMap((file) => {
      const reading = readRegularFile(join(folder, file));
      const text = "bytes" in reading ? reading.bytes.toString("utf8") : "";
      return usesPublishedPort(text) ? [[file.slice(0, -".yaml".length), text] as const] : [];
    }),
  );
};

/**
 * Writes the ports at which Docker publishes API servers now into the kubeconfigs that have another port. Docker chooses
 * another port at each start of a load balancer's container. It asks Docker only if a kubeconfig uses a published port.
 */
export const renewPublishedPorts = async (
  { checkout, stack }: Pick<Target, "checkout" | "stack">,
  readPorts = readPublishedPorts,
): Promise<void> => {
  const folder = join(checkout, kubeconfigFolder(stack));
  const kubeconfigs = publishedKubeconfigs(folder);
  if (kubeconfigs.size === 0) return;
  const ports = await readPorts();
  for (const [cluster, text] of kubeconfigs) {
    const port = ports[cluster];
    const server = `https://127.0.0.1:${port}`;
    if (port === undefined || serverOf(text) === server) continue;
    writeAtomically(join(folder, `${cluster}.yaml`), withServer(text, server), { private: true });
  }
};
