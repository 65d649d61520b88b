import * as pulumi from "@pulumi/pulumi";
import type { Application } from "../components/addons/application";
import type { StepResource } from "../components/kubernetes/step";
import type { WorkloadCluster } from "../components/workload/workloadCluster";
import type { Management } from "./management";
import type { Stack } from "./stack";
import type { PlannedCluster } from "./workload";

/** A workload cluster with the values that the outputs need. */
export interface Workload {
  settings: PlannedCluster;
  cluster: WorkloadCluster;
  /**
   * Wait for the nodes. Absent for the in-memory backend, and without a pod network, which nodes need to become Ready.
   */
  nodes?: StepResource;
  application?: Application;
}

const summaryOf = ({ settings, nodes, application }: Workload) => {
  const {
    name,
    namespace,
    kubernetesVersion: version,
    loadBalancerRange: ipv4,
    loadBalancerRangeIPv6: ipv6,
  } = settings;
  return {
    name,
    namespace,
    version,
    ...(ipv4 ? { loadBalancerRange: ipv4.text } : {}),
    ...(ipv6 ? { loadBalancerRangeIPv6: ipv6.text } : {}),
    nodes: nodes?.stdout.apply((text) => text.split("\n")) ?? [],
    ...(application?.second ? { secondUrl: application.second.url } : {}),
  };
};

/** Returns the stack's outputs. An absent value has no key, since Pulumi warns about undefined. */
export const stackOutputs = (
  { settings }: Stack,
  management: Management,
  workloads: readonly Workload[],
): Record<string, unknown> => {
  const applications = workloads.flatMap(({ settings: { name }, application }) =>
    application ? [{ name, application }] : [],
  );
  const [first] = applications;
  const [range] = settings.clusters.flatMap(({ loadBalancerRange }) => loadBalancerRange ?? []);
  return {
    ...(first ? { url: first.application.url, answer: first.application.answer } : {}),
    urls: Object.fromEntries(applications.map(({ name, application }) => [name, application.url])),
    ...(range ? { loadBalancerRange: range.text } : {}),
    managementCluster: settings.management.name,
    clusters: workloads.map(summaryOf),
    kubeconfigs: pulumi.secret(
      Object.fromEntries([
        [settings.management.name, management.kubeconfig],
        ...workloads.flatMap(({ settings: { name }, cluster: { access } }) =>
          access ? [[name, access.kubeconfig] as const] : [],
        ),
      ]),
    ),
  };
};
