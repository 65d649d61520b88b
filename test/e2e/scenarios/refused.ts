import type { Step } from "../harness";
import { downgradeRefused, minorsAbove, refuses, skipRefused } from "../refusal";
import type { Scenario } from "../scenario";
import type { StackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

/** Settings that no cluster can take, with what the error has to say. */
const cases: { name: string; settings: StackSettings; says: RegExp[] }[] = [
  {
    name: "a bad CIDR, an even control plane, a bad name and an unknown key, all at once",
    settings: { podCidr: "10.0.0.300/16", controlPlaneReplicas: 2, clusterName: "Capd_1", workerReplica: 2 },
    says: [
      /podCidr: .*, got "10\.0\.0\.300\/16"/,
      /controlPlaneReplicas: .*, got 2/,
      /clusterName: .*, got "Capd_1"/,
      /workerReplicas/,
    ],
  },
  {
    name: "pods and services on one network",
    settings: { serviceCidr: "192.168.128.0/17" },
    says: [/serviceCidr: .*, got "192\.168\.128\.0\/17"/, /podCidr/],
  },
  {
    name: "a manifest that is not there",
    settings: { loadBalancerManifest: ".tools/manifests/none.yaml" },
    says: [/loadBalancerManifest/, /none\.yaml/],
  },
];

const steps = (stack: TestStack): Step[] => {
  const refused = (settings: StackSettings, says: RegExp[]): void =>
    refuses(stack, { base: "dev", settings, says, clusters: ["capd"] });
  const running = (): string => stack.outputs().clusters[0]!.version;
  return [
    ...cases.map(({ name, settings, says }): Step => ({ name, run: () => refused(settings, says) })),
    {
      name: "a minor version left out",
      run: () => refused({ kubernetesVersion: minorsAbove(running(), 2) }, [skipRefused]),
    },
    {
      name: "a downgrade",
      run: () => refused({ kubernetesVersion: minorsAbove(running(), -1) }, [downgradeRefused]),
    },
    {
      name: "with the settings as they were nothing is to be done",
      run: () => {
        stack.write("dev");
        stack.upChangesNothing();
      },
    },
  ];
};

/** Errors before work, beside a cluster that runs. */
export const refused: Scenario = {
  name: "refused",
  title: "bad settings and impossible versions end plan and up before anything of a running cluster is touched",
  base: "dev",
  start: {},
  steps,
};
