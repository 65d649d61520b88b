import { valueAt } from "../base/json";
import {
  type StuckFacts,
  type ApiObject,
  badConditions,
  type Condition,
  conditionsOf,
  isFine,
  type Reference,
} from "./facts";
import { lastErrorsOf, withoutCommand } from "./nodes";
import { brief } from "./text";

/** Maximum machines of one owner that get their own lines. The same cause mostly blocks the other machines. */
const machinesShown = 2;

const waiting = /^waiting ?for|not yet (initialized|established|reported)/i;

/** Returns true for a condition that only waits for another object. */
const onlyWaits = ({ status, reason, message }: Condition): boolean =>
  status === "Unknown" || waiting.test(reason ?? "") || waiting.test((message ?? "").replace(/^\* \w+: /, ""));

/** Returns the most informative condition: a failure before conditions that wait or summarize. */
const mostTelling = (object: ApiObject): Condition | undefined => {
  const bad = badConditions(object);
  const failures = bad.filter((condition) => !onlyWaits(condition));
  return failures.find(({ message }) => message && !message.startsWith("* ")) ?? failures[0] ?? bad[0];
};

/** Returns true for a condition with which a controller reports a failure. */
const isFailure = (condition: Condition): boolean => {
  const text = withoutCommand(condition.message ?? "");
  // The command line of a command that runs may contain any words.
  if (onlyWaits(condition) || text.startsWith("running ")) return false;
  return /fail|error/i.test(condition.reason ?? "") || /\b(fail(ed|ure)?|error|cannot)\b/i.test(text);
};

/** Returns the condition with which a controller reports a failure; undefined if the object only waits, or is fine. */
export const failureOf = (object: ApiObject): Condition | undefined => badConditions(object).find(isFailure);

const conditionText = ({ type, status, reason, message }: Condition): string => {
  // A child object reports its own messages.
  const ownMessage = message === undefined || message.startsWith("* ") ? "" : message;
  return [
    `${type}=${status}`,
    reason && reason !== `Not${type}` ? `(${reason})` : "",
    brief(withoutCommand(ownMessage), 300),
  ]
    .filter(Boolean)
    .join(" ");
};

/** Returns `Machine capd-x: InfrastructureReady=False …`, or nothing for an object in its desired state. */
export const objectLine = (object: ApiObject): string[] => {
  const { kind, metadata } = object;
  if (metadata.deletionTimestamp !== undefined) {
    const deleting = conditionsOf(object).find(({ type }) => type === "Deleting");
    const why = brief(deleting?.message ?? "", 300);
    return [`${kind} ${metadata.name}: being deleted since ${metadata.deletionTimestamp}${why ? `: ${why}` : ""}`];
  }
  if (isFine(object)) return [];
  const condition = mostTelling(object);
  if (condition === undefined) return [];
  const line = `${kind} ${metadata.name}: ${conditionText(condition)}`;
  return [line, ...lastErrorsOf(condition.message ?? "").map((error) => `  | ${error}`)];
};

const refersTo = (reference: unknown, { kind, metadata }: ApiObject): boolean => {
  const { kind: wanted, name } = (reference ?? {}) as Partial<Reference>;
  return wanted === kind && name === metadata.name;
};

const follow = (objects: readonly ApiObject[], reference: unknown): ApiObject[] =>
  objects.filter((object) => refersTo(reference, object));

const machineLines = (objects: readonly ApiObject[], machine: ApiObject): string[] => [
  ...objectLine(machine),
  ...[valueAt(machine, "spec", "bootstrap", "configRef"), valueAt(machine, "spec", "infrastructureRef")]
    .flatMap((reference) => follow(objects, reference))
    .flatMap(objectLine)
    .map((line) => `  ${line}`),
];

/** Returns true for a machine that waits for the control plane, and so says nothing about the cause. */
const waitsForOthers = (objects: readonly ApiObject[], machine: ApiObject): boolean =>
  [machine, ...follow(objects, valueAt(machine, "spec", "bootstrap", "configRef"))].some((object) =>
    badConditions(object).some(
      ({ type, message }) => type === "DataSecretAvailable" && /control plane to be initialized/.test(message ?? ""),
    ),
  );

const machinesOf = (objects: readonly ApiObject[], owner: ApiObject): ApiObject[] =>
  objects.filter(({ kind, metadata }) => {
    if (kind !== "Machine") return false;
    if (owner.kind === "MachineDeployment")
      return metadata.labels?.["cluster.x-k8s.io/deployment-name"] === owner.metadata.name;
    return (metadata.ownerReferences ?? []).some((reference) => refersTo(reference, owner));
  });

const ownerLines = (objects: readonly ApiObject[], owner: ApiObject): string[] => {
  const stuck = machinesOf(objects, owner).filter((machine) => machineLines(objects, machine).length > 0);
  const waits = stuck.filter((machine) => waitsForOthers(objects, machine));
  const telling = stuck.filter((machine) => !waits.includes(machine));
  const more = telling.length - machinesShown;
  if (waits.length > 0 && telling.length === 0) {
    const verb = waits.length === 1 ? "machine waits" : "machines wait";
    return [`${owner.kind} ${owner.metadata.name}: ${waits.length} ${verb} for the control plane`];
  }
  const lines = [
    ...telling.slice(0, machinesShown).flatMap((machine) => machineLines(objects, machine)),
    ...(more > 0 ? [`and ${more} more machines of ${owner.metadata.name}`] : []),
  ];
  return [...objectLine(owner), ...lines.map((line) => `  ${line}`)];
};

/**
 * Returns the objects that are not in their desired state, from the Cluster down to the infrastructure of each machine.
 * Each cause is below the object that it blocks.
 */
export const chainLines = ({ objects }: Pick<StuckFacts, "objects">): string[] => {
  const cluster = objects.find(({ kind }) => kind === "Cluster");
  if (cluster === undefined) return [];
  const infrastructure = follow(objects, valueAt(cluster, "spec", "infrastructureRef"));
  const controlPlane = follow(objects, valueAt(cluster, "spec", "controlPlaneRef"));
  // Workers come first: the control plane's problems block them too, and the cause comes last.
  const workers = objects.filter(({ kind }) => kind === "MachineDeployment" || kind === "MachinePool");
  const blocked = [
    ...infrastructure.flatMap(objectLine),
    ...[...workers, ...controlPlane].flatMap((owner) => ownerLines(objects, owner)),
  ];
  return [...objectLine(cluster), ...blocked.map((line) => `  ${line}`)];
};
