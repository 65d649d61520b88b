import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { clusterLabel } from "./leftovers";
import type { Print } from "./progress";
import { readOutputs, type Target } from "./pulumi";
import { writeKubeconfigs } from "./report";

type Ask = (program: string, ...args: string[]) => Promise<{ text: string; failed: boolean }>;

const asker =
  (target: Target): Ask =>
  (program, ...args) =>
    new Promise((resolve) => {
      const env = { ...process.env, ...target.variables };
      // Short, since a cluster that is half gone answers nothing.
      execFile(program, args, { timeout: 15_000, env, cwd: target.checkout }, (error, stdout, stderr) =>
        resolve(
          error
            ? { text: (stderr.trim() || error.message).split("\n").slice(-3).join("\n"), failed: true }
            : { text: stdout.trimEnd(), failed: false },
        ),
      );
    });

const section = (print: Print, title: string, text: string): void => {
  print(`\n${title}`);
  for (const line of (text || "(none)").split("\n")) print(`  ${line}`);
};

const describeCluster = async (ask: Ask, file: string, name: string, namespace: string): Promise<string> => {
  const { text } = await ask("clusterctl", "--kubeconfig", file, "describe", "cluster", name, "--namespace", namespace);
  return text;
};

/** One screen on what is there: containers, clusters, nodes, services, URL. Nothing being up is an answer too. */
export const printStatus = async (target: Target, print: Print): Promise<void> => {
  const ask = asker(target);
  const tools = existsSync(join(target.checkout, ".tools", "bin", "pulumi"));
  const [outputs, containers, network] = await Promise.all([
    tools ? readOutputs(target) : undefined,
    ask(
      "docker",
      "ps",
      "--all",
      "--filter",
      `label=${clusterLabel}`,
      "--format",
      "table {{.Names}}\t{{.Status}}\t{{.Image}}",
    ),
    ask("docker", "network", "inspect", "kind", "--format", "{{.Name}}: {{range .IPAM.Config}}{{.Subnet}} {{end}}"),
  ]);
  if (!tools) print("tools: none yet (make tools)");
  section(print, "containers", containers.text.includes("\n") || containers.failed ? containers.text : "(none)");
  section(print, "network", network.failed ? "(none)" : network.text);
  const { managementCluster, kubeconfigs = {}, clusters = [] } = outputs ?? {};
  if (!outputs || managementCluster === undefined) {
    section(print, `stack ${target.stack}`, "nothing is up (make up)");
    return;
  }
  const files = writeKubeconfigs(target.checkout, target.stack, kubeconfigs);
  const management = files[managementCluster];
  // All at once: each question may have to wait for a cluster that does not answer.
  const reports = await Promise.all(
    clusters.map(async ({ name, namespace }) => {
      const file = files[name];
      const [tree, nodes, services] = await Promise.all([
        management ? describeCluster(ask, management, name, namespace) : "no kubeconfig of the management cluster",
        file
          ? ask("kubectl", "--kubeconfig", file, "get", "nodes", "--output=wide", "--request-timeout=10s")
          : undefined,
        file
          ? ask("kubectl", "--kubeconfig", file, "get", "services", "--all-namespaces", "--request-timeout=10s")
          : undefined,
      ]);
      const balanced = services?.text.split("\n").filter((line, index) => index === 0 || /\sLoadBalancer\s/.test(line));
      return { name, tree, nodes: nodes?.text ?? "no kubeconfig", services: balanced?.join("\n") ?? "no kubeconfig" };
    }),
  );
  for (const { name, tree, nodes, services } of reports) {
    section(print, `cluster ${name}`, tree);
    section(print, `nodes of ${name}`, nodes);
    section(print, `load balancers of ${name}`, services);
  }
  section(print, "url", outputs.url ?? "(none)");
};
