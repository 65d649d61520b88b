import { existsSync, readFileSync } from "node:fs";
import { messageOf } from "../../lib/base/errors";
import { decodeText } from "../../lib/base/textFile";
import { redactor } from "../../lib/redaction/text";
import type { Route } from "../../lib/versions/pins";
import { formatChecks } from "../../preflight/host/doctor";
import { stackFile } from "../../preflight/stackFile";
import { type Exec, createExec } from "../../system/exec";
import { examine } from "../actions/doctor";
import { inspectStack } from "../actions/status";
import { findClusters, type StackClusters } from "../diagnosis/cluster";
import { readOutputs, type Target } from "../pulumi/run";
import { exportState } from "../pulumi/state";
import type { Print } from "../toolchain/build/progress";
import { type ArchivedCluster, readCluster } from "./cluster";
import { listContainers, readDocker, readNodes } from "./docker";
import { type Findings, nothing, pathOf, together, packArchive } from "./pack";
import { knownSecrets } from "./secrets";
import { settingsWithoutSecrets, resourceList } from "./state";
import { readVersions } from "./versions";

/** Seconds for each command: a management cluster under load needs long to list all objects. */
const timeout = 60;

/** Records a failure in missing.txt and continues with the other collectors. */
const collect = async (what: string, work: () => Promise<Findings> | Findings): Promise<Findings> => {
  try {
    return await work();
  } catch (error) {
    return { ...nothing, missing: [`${what}: ${messageOf(error)}`] };
  }
};

const text = (name: string, lines: readonly string[]): Findings => ({
  files: [{ name, content: `${lines.join("\n")}\n` }],
  missing: [],
});

const readSettings = (target: Target, redact: (text: string) => string): Findings => {
  const file = stackFile(target.checkout, target.stack);
  if (!existsSync(file)) return { ...nothing, missing: [`settings: Pulumi.${target.stack}.yaml does not exist`] };
  return {
    files: [{ name: "settings.yaml", content: settingsWithoutSecrets(decodeText(readFileSync(file)), file, redact) }],
    missing: [],
  };
};

const readState = async (target: Target): Promise<Findings> => {
  const state = await exportState(target);
  return state === undefined
    ? { ...nothing, missing: [`state: stack ${target.stack} has no state, or Pulumi does not answer`] }
    : { files: [{ name: "state.json", content: resourceList(state) }], missing: [] };
};

const listClusters = ({ management, clusters }: StackClusters, managementName: string): ArchivedCluster[] => [
  ...(management === undefined
    ? []
    : [{ name: managementName, file: management, folder: `clusters/${pathOf(managementName)}` }]),
  ...clusters.flatMap(({ name, file }) =>
    file === undefined ? [] : [{ name, file, folder: `clusters/${pathOf(name)}` }],
  ),
];

/** Returns the cluster's name from the path of its kubeconfig. */
const nameOf = (file: string): string =>
  file
    .split("/")
    .at(-1)
    ?.replace(/\.yaml$/, "") ?? file;

/** Collects from Docker, the clusters and the nodes. */
const readAll = async (exec: Exec, target: Target, located: StackClusters): Promise<Findings> => {
  const management = located.management === undefined ? undefined : nameOf(located.management);
  const names = [...(management === undefined ? [] : [management]), ...located.clusters.map(({ name }) => name)];
  const reachable = listClusters(located, management ?? "");
  const [containers, clusters] = await Promise.all([
    listContainers(exec, target.stack, names),
    Promise.all(reachable.map((cluster) => readCluster(exec, cluster))),
  ]);
  const answering = reachable.filter((_, index) => clusters[index]?.answers).map(({ name }) => name);
  const silent = names.filter((name) => !answering.includes(name));
  const withoutKubeconfig = names.filter((name) => !reachable.some((cluster) => cluster.name === name));
  return together(
    ...clusters,
    { ...nothing, missing: withoutKubeconfig.map((name) => `cluster ${name}: its kubeconfig does not exist`) },
    ...(management === undefined ? [{ ...nothing, missing: ["management cluster: it has no kubeconfig"] }] : []),
    await readDocker(exec, containers ?? []),
    await readNodes(exec, containers ?? [], silent),
  );
};

/**
 * Writes the diagnosis of a stack into one archive (tar.gz, mode 0600) without secrets, and returns the archive's path.
 * Sources that do not answer are left out and reported.
 */
export const writeSupport = async (target: Target, route: Route, print: Print, time = new Date()): Promise<string> => {
  const { checkout, stack, variables } = target;
  const exec = createExec(checkout, variables, timeout);
  const outputs = await readOutputs(target);
  const clusters = findClusters(target, outputs);
  const files = [clusters.management, ...clusters.clusters.map(({ file }) => file)].filter(
    (file) => file !== undefined,
  );
  const redact = redactor(await knownSecrets(exec, target, files));
  const findings = together(
    await collect("versions", () => readVersions(exec, checkout, route)),
    await collect("settings", () => readSettings(target, redact)),
    await collect("state", () => readState(target)),
    await collect("doctor", async () => text("doctor.txt", formatChecks(await examine(checkout, route, () => target)))),
    await collect("status", async () => text("status.txt", (await inspectStack(target)).lines)),
    await collect("clusters", () => readAll(exec, target, clusters)),
  );
  return packArchive(findings, { checkout, stack, redact, time }, print);
};
