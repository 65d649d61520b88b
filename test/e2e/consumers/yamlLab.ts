import { check, must } from "../harness";
import { yamlHost } from "../sdk/generator";
import type { Consumer } from "./consumer";
import { pluginBlock } from "./package";

/** Requests the page of each application. */
export const answerAll = (urls: unknown): void => {
  const all = Object.values(urls as Record<string, string>);
  check(all.length > 0, "at least one URL");
  for (const url of all) must("curl", ["--fail", "--silent", "--show-error", "--max-time", "10", url]);
};

/** A YAML program with a Lab. The changed program has one more worker node. */
export const yamlLab: Consumer = {
  name: "YAML, Lab",
  path: async () => [await yamlHost()],
  files: (installed, isChanged) => ({
    "Pulumi.yaml": `name: consumer
runtime: yaml
${pluginBlock(installed)}resources:
  lab:
    type: slipway:Lab
    properties:
      clusterName: guest
      workerReplicas: ${isChanged ? 2 : 1}
outputs:
  urls: \${lab.urls}
  clusters: \${lab.clusters}
  ranges: \${lab.loadBalancerRanges}
  kubeconfigs: \${lab.kubeconfigs}
`,
  }),
  wrong: {
    texts: { "clusterName: guest": "clusterName: Guest_", "workerReplicas: 1": "workerReplicas: -1" },
    paths: ["clusterName", "workerReplicas"],
  },
  verify: ({ urls, clusters, ranges, kubeconfigs }, isChanged) => {
    answerAll(urls);
    const [cluster] = clusters as { name: string; nodes: string[] }[];
    const nodes = isChanged ? 3 : 2;
    check(cluster?.nodes.length === nodes, `${nodes} nodes, got ${JSON.stringify(cluster)}`);
    check(/^[\d.]+-[\d.]+$/.test((ranges as Record<string, string>)["guest"] ?? ""), "a range of addresses");
    const names = Object.keys(kubeconfigs as object).sort();
    check(names.join() === "clusterapi,guest", `kubeconfigs of both clusters, got ${names.join()}`);
  },
};
