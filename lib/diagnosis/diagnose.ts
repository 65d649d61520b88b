import { containerEvidence, imageEvidence, insideEvidence, providerEvidence } from "./evidence";
import type { Evidence, StuckFacts } from "./facts";
import { nodeEvidence } from "./nodes";
import { chainLines } from "./ownership";
import { fit, screen } from "./text";

/** What is known of a cluster's state, in one screen. */
export interface Verdict {
  ready: boolean;
  lines: string[];
}

/** From consequences to causes: what stands later explains what stands before it. */
const evidenceOf = (facts: StuckFacts): Evidence[] => [
  ...insideEvidence(facts),
  ...nodeEvidence(facts),
  ...imageEvidence(facts),
  ...containerEvidence(facts),
  ...providerEvidence(facts),
];

const unique = (lines: readonly string[]): string[] => [...new Set(lines)];

/** Remedies shown: the rest follow from the same causes mostly. */
const remediesShown = 3;

/**
 * The chain of what holds a cluster: Cluster, control plane and worker pools, machines, what they are made of, then what
 * Docker, the nodes and the pods say, and what helps. At most `limit` lines.
 */
export const whyStuck = (facts: StuckFacts, limit = screen): Verdict => {
  const { name, namespace, objects, unasked } = facts;
  const cluster = objects.find(({ kind }) => kind === "Cluster");
  const chain = chainLines(facts);
  const evidence = evidenceOf(facts);
  const machines = objects.filter(({ kind }) => kind === "Machine").length;
  const head = `cluster ${namespace}/${name}`;
  // Errors of a controller that got over them hold nothing.
  if (
    cluster !== undefined &&
    chain.length === 0 &&
    evidence.every(({ remedy }) => remedy === undefined) &&
    unasked.length === 0
  ) {
    return { ready: true, lines: [`${head}: ready, ${machines} machine${machines === 1 ? "" : "s"}`] };
  }
  const remedies = unique(evidence.flatMap(({ remedy }) => remedy ?? []).reverse()).slice(0, remediesShown);
  const isMissing = cluster === undefined && hasClusterApiAnswered(facts);
  const lines = [
    ...chain.map((line) => `  ${line}`),
    ...(isMissing ? missingCluster(facts) : unasked.map((line) => `  not asked: ${line}`)),
    ...unique(evidence.map(({ line }) => `  ${line}`)),
    ...remedies.map((remedy) => `  what helps: ${remedy}`),
  ];
  return { ready: false, lines: [`${head}: ${isMissing ? "does not exist" : "not ready"}`, ...fit(lines, limit - 1)] };
};

const hasClusterApiAnswered = ({ unasked }: StuckFacts): boolean =>
  !unasked.some((line) => line.startsWith("Cluster API:"));

/** A cluster without a Cluster object: an API server of its own that does not answer says nothing new. */
const missingCluster = ({ name, namespace, containers = [] }: StuckFacts): string[] => [
  `  the management cluster has no Cluster object ${namespace}/${name}`,
  ...(containers.length > 0
    ? [`  Docker still has its containers: ${containers.map((container) => container.name).join(", ")}`]
    : []),
];

/** Of a cluster in which webhooks do not answer: controllers without pods, and pods that do not run. */
export const whatDoesNotRun = (
  facts: Pick<StuckFacts, "providers" | "inside" | "unasked">,
  limit = screen,
): string[] => {
  const evidence = [...insideEvidence(facts), ...providerEvidence(facts)];
  const remedies = unique(evidence.flatMap(({ remedy }) => remedy ?? [])).slice(0, remediesShown);
  const lines = [
    ...facts.unasked.map((line) => `not asked: ${line}`),
    ...evidence.map(({ line }) => line),
    ...remedies.map((remedy) => `what helps: ${remedy}`),
  ];
  return fit(lines.length > 0 ? lines : ["all controllers and pods of the cluster run"], limit);
};
