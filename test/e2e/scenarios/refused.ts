import { check, type Step } from "../harness";
import type { Scenario } from "../scenario";
import type { StackSettings } from "../stackFile";
import type { TestStack } from "../testStack";

/** Settings that a running cluster cannot take, with what the error has to say. */
const cases: { name: string; settings: StackSettings; says: RegExp[] }[] = [
  {
    name: "a bad CIDR, an even control plane, a bad name and an unknown key, all at once",
    settings: { podCidr: "10.0.0.300/16", controlPlaneReplicas: 2, clusterName: "Capd_1", workerReplica: 2 },
    says: [/podCidr is "10\.0\.0\.300\/16"/, /controlPlaneReplicas is 2/, /clusterName is "Capd_1"/, /workerReplicas/],
  },
  {
    name: "pods and services on one network",
    settings: { serviceCidr: "192.168.128.0/17" },
    says: [/serviceCidr is "192\.168\.128\.0\/17"/, /podCidr/],
  },
  {
    name: "a manifest that is not there",
    settings: { loadBalancerManifest: ".tools/manifests/none.yaml" },
    says: [/loadBalancerManifest/, /none\.yaml/],
  },
];

/** A version so many minor versions away from the one that runs, its node image named by it as by default. */
const versionAway = (running: string, minors: number): string => {
  const [major, minor] = running.replace(/^v/, "").split(".").map(Number) as [number, number];
  return `v${major}.${minor + minors}.0`;
};

const steps = (stack: TestStack): Step[] => {
  /** Plan and up both refuse, say what they have to, and touch nothing. */
  const refuses = (settings: StackSettings, says: readonly RegExp[]): void => {
    const before = stack.inventory(["capd"]);
    stack.write("dev", settings);
    for (const verb of ["plan", "up"]) {
      const { code, stdout, stderr } = stack.slipway(verb);
      const text = stdout + stderr;
      check(code === 1 || (verb === "up" && code !== 0), `${verb} to fail, got exit code ${code}\n${text}`);
      for (const pattern of says) check(pattern.test(text), `${pattern.source} in what ${verb} says, got\n${text}`);
    }
    stack.expectDifference(before, ["capd"], {});
  };
  return [
    ...cases.map(({ name, settings, says }): Step => ({ name, run: () => refuses(settings, says) })),
    {
      name: "a minor version left out",
      run: () => {
        const version = versionAway(stack.outputs().clusters[0]!.version, 2);
        // Where the pinned Cluster API does not support that version either, this is said instead.
        const rule = /kubernetesVersion is "v1\.\d+\.0", but must be (at most one minor version above|from 1\.)/;
        refuses({ kubernetesVersion: version }, [rule]);
      },
    },
    {
      name: "a downgrade",
      run: () => {
        const version = versionAway(stack.outputs().clusters[0]!.version, -1);
        refuses({ kubernetesVersion: version }, [/kubernetesVersion is "v1\.\d+\.0"/, /does not go back/]);
      },
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
