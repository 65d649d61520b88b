import { existsSync, readFileSync } from "node:fs";
import { messageOf } from "../../lib/base/errors";
import { redactor } from "../../lib/redaction/text";
import type { Route } from "../../lib/versions/pins";
import { formatChecks } from "../../preflight/host/doctor";
import { stackFile } from "../../preflight/stackFile";
import { type Exec, createExec } from "../../system/exec";
import { examine } from "../actions/doctor";
import { look } from "../actions/status";
import { findClusters, type StackClusters } from "../diagnosis/cluster";
import { readOutputs, type Target } from "../pulumi/run";
import { exportState } from "../pulumi/state";
import type { Print } from "../toolchain/build/progress";
import { type AskedCluster, readCluster } from "./cluster";
import { listContainers, readDocker, readNodes } from "./docker";
import { type Found, nothing, pathOf, together, packArchive } from "./pack";
import { knownSecrets } from "./secrets";
import { settingsWithoutSecrets, resourceList } from "./state";
import { readVersions } from "./versions";

/** Seconds for an answer: a management cluster under load takes its time for all of its objects. */
const patience = 60;

/** Takes what goes wrong as one thing that is missing: what can be had is to be had all the same. */
const attempt = async (what: string, work: () => Promise<Found> | Found): Promise<Found> => {
  try {
    return await work();
  } catch (error) {
    return { ...nothing, missing: [`${what}: ${messageOf(error)}`] };
  }
};

const text = (name: string, lines: readonly string[]): Found => ({
  files: [{ name, content: `${lines.join("\n")}\n` }],
  missing: [],
});

const readSettings = (target: Target, redact: (text: string) => string): Found => {
  const file = stackFile(target.checkout, target.stack);
  if (!existsSync(file)) return { ...nothing, missing: [`settings: there is no Pulumi.${target.stack}.yaml`] };
  return {
    files: [{ name: "settings.yaml", content: settingsWithoutSecrets(readFileSync(file, "utf8"), file, redact) }],
    missing: [],
  };
};

const readState = async (target: Target): Promise<Found> => {
  const state = await exportState(target);
  return state === undefined
    ? { ...nothing, missing: [`state: stack ${target.stack} has none, or Pulumi does not answer`] }
    : { files: [{ name: "state.json", content: resourceList(state) }], missing: [] };
};

const clustersToAsk = ({ management, clusters }: StackClusters, managementName: string): AskedCluster[] => [
  ...(management === undefined
    ? []
    : [{ name: managementName, file: management, folder: `clusters/${pathOf(managementName)}` }]),
  ...clusters.flatMap(({ name, file }) =>
    file === undefined ? [] : [{ name, file, folder: `clusters/${pathOf(name)}` }],
  ),
];

/** The name in a kubeconfig's path. */
const nameOf = (file: string): string =>
  file
    .split("/")
    .at(-1)
    ?.replace(/\.yaml$/, "") ?? file;

/** Everything that Docker, the clusters and the nodes tell. */
const readAll = async (ask: Exec, target: Target, found: StackClusters): Promise<Found> => {
  const management = found.management === undefined ? undefined : nameOf(found.management);
  const names = [...(management === undefined ? [] : [management]), ...found.clusters.map(({ name }) => name)];
  const asked = clustersToAsk(found, management ?? "");
  const [containers, clusters] = await Promise.all([
    listContainers(ask, target.stack, names),
    Promise.all(asked.map((cluster) => readCluster(ask, cluster))),
  ]);
  const answering = asked.filter((_, index) => clusters[index]?.answers).map(({ name }) => name);
  const silent = names.filter((name) => !answering.includes(name));
  const unasked = names.filter((name) => !asked.some((cluster) => cluster.name === name));
  return together(
    ...clusters,
    { ...nothing, missing: unasked.map((name) => `cluster ${name}: there is no kubeconfig of it`) },
    ...(management === undefined ? [{ ...nothing, missing: ["management cluster: there is none"] }] : []),
    await readDocker(ask, containers ?? []),
    await readNodes(ask, containers ?? [], silent),
  );
};

/**
 * Writes what helps others to see why a stack is as it is into one archive (tar.gz, mode 0600) without secrets, and gives
 * its path. What does not answer is left out and said.
 */
export const writeSupport = async (target: Target, route: Route, print: Print, time = new Date()): Promise<string> => {
  const { checkout, stack, variables } = target;
  const ask = createExec(checkout, variables, patience);
  const outputs = await readOutputs(target);
  const clusters = findClusters(target, outputs);
  const files = [clusters.management, ...clusters.clusters.map(({ file }) => file)].filter(
    (file) => file !== undefined,
  );
  const redact = redactor(await knownSecrets(ask, target, files));
  const found = together(
    await attempt("versions", () => readVersions(ask, checkout, route)),
    await attempt("settings", () => readSettings(target, redact)),
    await attempt("state", () => readState(target)),
    await attempt("doctor", async () => text("doctor.txt", formatChecks(await examine(checkout, route, () => target)))),
    await attempt("status", async () => text("status.txt", (await look(target)).lines)),
    await attempt("clusters", () => readAll(ask, target, clusters)),
  );
  return packArchive(found, { checkout, stack, redact, time }, print);
};
