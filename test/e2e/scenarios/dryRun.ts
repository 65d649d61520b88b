import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesObject } from "../../../lib/kubernetes/object";
import { acceptedClusters, objectsOfInput } from "../../helpers/settingsArbitrary";
import { check, command, type Step } from "../harness";
import type { Scenario } from "../scenario";
import type { TestStack } from "../testStack";

/** Number of random settings, and the seed that gives the same ones again. */
const count = 200;
const seed = Number(process.env.DRY_RUN_SEED ?? 919);

/** Objects of the default namespace: another namespace does not exist, and a dry run creates none. */
const objectsOf = (index: number, objects: KubernetesObject[]): KubernetesObject[] =>
  objects.map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace: "default", annotations: { "dev.slipway/settings": String(index) } },
  }));

const steps = (stack: TestStack): Step[] => {
  const clusters = acceptedClusters(count, seed);
  const apply = (objects: KubernetesObject[]): { code: number; stderr: string } => {
    const file = join(stack.backend, "objects.json");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    const args = ["apply", "--dry-run=server", "--server-side", "--force-conflicts", "--filename", file];
    return command("kubectl", args, { env: stack.kubeconfig("clusterapi") });
  };
  return [
    {
      name: `the API server and the webhooks refuse no object of ${count} random settings (seed ${seed})`,
      run: () => {
        const groups = Array.from({ length: count / 20 }, (_, index) => index * 20);
        const refused = groups.flatMap((first) => {
          const part = clusters.slice(first, first + 20);
          const objects = part.flatMap((cluster, index) => objectsOf(first + index, objectsOfInput(cluster)));
          const { code, stderr } = apply(objects);
          return code === 0 ? [] : [`settings ${first} to ${first + 19}: ${stderr}`];
        });
        check(refused.length === 0, `no refused object, got\n${refused.join("\n").slice(0, 6000)}`);
      },
    },
    {
      name: "the same dry run refuses an object that breaks a webhook's rule",
      run: () => {
        const input = { name: "broken", loadBalancer: "none", healthCheck: { nodeStartupTimeoutSeconds: 30 } };
        const objects = objectsOf(0, objectsOfInput(input)).map((object) =>
          object.kind === "MachineHealthCheck"
            ? { ...object, spec: { ...(object["spec"] as object), checks: { nodeStartupTimeoutSeconds: 10 } } }
            : object,
        );
        const { code, stderr } = apply(objects);
        check(code !== 0 && stderr.includes("must be at least 30s"), `a refusal of the webhook, got ${code} ${stderr}`);
      },
    },
  ];
};

/** Objects of random settings, as the management cluster judges them. */
export const dryRun: Scenario = {
  name: "dry-run",
  title: "the objects of random accepted settings pass the webhooks of a management cluster",
  base: "dev",
  start: { clusters: [{ name: "simulated", backend: "inMemory", workerReplicas: 0 }] },
  steps,
};
