import { check } from "../harness";
import { yamlHost } from "../sdk/generator";
import type { Consumer } from "./consumer";
import { pluginBlock } from "./package";
import { answerAll } from "./yamlLab";

/** Inputs by which a component finds the cluster. */
const guestAccess = `
      cluster: \${guest.settings}
      kubeconfig: \${guest.kubeconfig}
      lifetime: \${guest.lifetime}
      identity: \${guest.identity}`;

/** A YAML program with the components of a Lab. The changed program has one more worker node. */
export const yamlParts: Consumer = {
  name: "YAML, components",
  path: async () => [await yamlHost()],
  files: (installed, isChanged) => ({
    "Pulumi.yaml": `name: consumer
runtime: yaml
${pluginBlock(installed)}resources:
  management:
    type: slipway:ManagementCluster
  providers:
    type: slipway:ProviderInstall
    properties:
      management: \${management.settings}
      kubeconfig: \${management.kubeconfig}
      lifetime: \${management.lifetime}
      nodeId: \${management.nodeId}
  guest:
    type: slipway:WorkloadCluster
    properties:
      management: \${management.settings}
      kubeconfig: \${management.kubeconfig}
      lifetime: \${management.lifetime}
      name: guest
      workerReplicas: ${isChanged ? 2 : 1}
    options:
      dependsOn:
        - \${providers}
  cni:
    type: slipway:Cni
    properties:${guestAccess}
  metallb:
    type: slipway:MetalLb
    properties:${guestAccess}
    options:
      dependsOn:
        - \${cni}
  application:
    type: slipway:Application
    properties:${guestAccess}
    options:
      dependsOn:
        - \${metallb}
outputs:
  url: \${application.url}
  range: \${guest.loadBalancerRange}
  kubeconfig: \${guest.kubeconfig}
`,
  }),
  wrong: {
    texts: { "name: guest": "name: Guest_", "workerReplicas: 1": "workerReplicas: -1" },
    paths: ["name", "workerReplicas"],
  },
  verify: ({ url, range, kubeconfig }) => {
    answerAll({ url });
    check(typeof range === "string" && /^[\d.]+-[\d.]+$/.test(range), "a range of addresses");
    check(typeof kubeconfig === "string" && kubeconfig.includes("client-key-data"), "the kubeconfig of the cluster");
  },
};
