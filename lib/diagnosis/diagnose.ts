import { containerEvidence, imageEvidence, insideEvidence, providerEvidence } from "./evidence";
import type { Evidence, StuckFacts } from "./facts";
import { nodeEvidence } from "./nodes";
import { chainLines } from "./ownership";
import { fit, screen } from "./text";

/** Summary of a cluster's state, in one screen. */
export interface Diagnosis {
  ready: boolean;
  lines: string[];
}

/** Evidence from consequences to causes: each entry explains the entries before it. */
const evidenceOf = (facts: StuckFacts): Evidence[] => [
  ...insideEvidence(facts),
  ...nodeEvidence(facts),
  ...imageEvidence(facts),
  ...containerEvidence(facts),
  ...providerEvidence(facts),
];

const unique = (lines: readonly string[]): string[] => [...new Set(lines)];

/** Maximum number of remedies. The other remedies mostly follow from the same causes. */
const remediesShown = 3;

/**
 * Explains what blocks a cluster: Cluster, control plane and worker pools, machines and their infrastructure. Evidence
 * from Docker, nodes and pods follows, and then the remedies.
 *
 * @param limit - maximum number of lines; default: one screen
 */
export const whyStuck = (facts: StuckFacts, limit = screen): Diagnosis => {
  const { name, namespace, objects, unreachable } = facts;
  const cluster = objects.find(({ kind }) => kind === "Cluster");
  const chain = chainLines(facts);
  const evidence = evidenceOf(facts);
  const machines = objects.filter(({ kind }) => kind === "Machine").length;
  const head = `cluster ${namespace}/${name}`;
  // Errors of a controller that recovered block nothing.
  if (
    cluster !== undefined &&
    chain.length === 0 &&
    evidence.every(({ remedy }) => remedy === undefined) &&
    unreachable.length === 0
  ) {
    return { ready: true, lines: [`${head}: ready, ${machines} machine${machines === 1 ? "" : "s"}`] };
  }
  const remedies = unique(evidence.flatMap(({ remedy }) => remedy ?? []).reverse()).slice(0, remediesShown);
  const isMissing = cluster === undefined && hasClusterApiAnswered(facts);
  const lines = [
    ...chain.map((line) => `  ${line}`),
    ...(isMissing ? missingCluster(facts) : unreachable.map((line) => `  not asked: ${line}`)),
    ...unique(evidence.map(({ line }) => `  ${line}`)),
    ...remedies.map((remedy) => `  what helps: ${remedy}`),
  ];
  return { ready: false, lines: [`${head}: ${isMissing ? "does not exist" : "not ready"}`, ...fit(lines, limit - 1)] };
};

const hasClusterApiAnswered = ({ unreachable }: StuckFacts): boolean =>
  !unreachable.some((line) => line.startsWith("Cluster API:"));

/** Describes a cluster without a Cluster object. Its unreachable API server would add no information. */
const missingCluster = ({ name, namespace, containers = [] }: StuckFacts): string[] => [
  `  the management cluster has no Cluster object ${namespace}/${name}`,
  ...(containers.length > 0
    ? [`  Docker still has its containers: ${containers.map((container) => container.name).join(", ")}`]
    : []),
];

/** Describes a cluster with webhooks that do not answer: controllers without pods, and pods that do not run. */
export const whatDoesNotRun = (
  facts: Pick<StuckFacts, "providers" | "workloadObjects" | "unreachable">,
  limit = screen,
): string[] => {
  const evidence = [...insideEvidence(facts), ...providerEvidence(facts)];
  const remedies = unique(evidence.flatMap(({ remedy }) => remedy ?? [])).slice(0, remediesShown);
  const lines = [
    ...facts.unreachable.map((line) => `not asked: ${line}`),
    ...evidence.map(({ line }) => line),
    ...remedies.map((remedy) => `what helps: ${remedy}`),
  ];
  return fit(lines.length > 0 ? lines : ["all controllers and pods of the cluster run"], limit);
};
