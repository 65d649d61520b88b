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
import { lastWordsOf, withoutCommand } from "./nodes";
import { brief } from "./text";

/** Machines of one owner that are told one by one; what holds one holds the others mostly. */
const machinesShown = 2;

const waiting = /^waiting ?for|not yet (initialized|established|reported)/i;

/** Whether a condition only says that something else comes first. */
const onlyWaits = ({ status, reason, message }: Condition): boolean =>
  status === "Unknown" || waiting.test(reason ?? "") || waiting.test((message ?? "").replace(/^\* \w+: /, ""));

/** The condition that says most: one that failed by itself before those that wait or sum up others. */
const mostTelling = (object: ApiObject): Condition | undefined => {
  const bad = badConditions(object);
  const own = bad.filter((condition) => !onlyWaits(condition));
  return own.find(({ message }) => message && !message.startsWith("* ")) ?? own[0] ?? bad[0];
};

const said = ({ type, status, reason, message }: Condition): string => {
  // What children report is told at the children.
  const own = message === undefined || message.startsWith("* ") ? "" : message;
  return [`${type}=${status}`, reason && reason !== `Not${type}` ? `(${reason})` : "", brief(withoutCommand(own), 300)]
    .filter(Boolean)
    .join(" ");
};

/** `Machine capd-x: InfrastructureReady=False …`; nothing for an object that is as it should be. */
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
  const line = `${kind} ${metadata.name}: ${said(condition)}`;
  return [line, ...lastWordsOf(condition.message ?? "").map((words) => `  | ${words}`)];
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

/** Machines that wait for their turn say nothing of the cause. */
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

/** From the Cluster down to what each machine is made of: what is not as it should be, each below what it holds up. */
export const chainLines = ({ objects }: Pick<StuckFacts, "objects">): string[] => {
  const cluster = objects.find(({ kind }) => kind === "Cluster");
  if (cluster === undefined) return [];
  const infrastructure = follow(objects, valueAt(cluster, "spec", "infrastructureRef"));
  const controlPlane = follow(objects, valueAt(cluster, "spec", "controlPlaneRef"));
  // Workers first: what holds the control plane holds them too, and the cause is to stand last.
  const workers = objects.filter(({ kind }) => kind === "MachineDeployment");
  const held = [
    ...infrastructure.flatMap(objectLine),
    ...[...workers, ...controlPlane].flatMap((owner) => ownerLines(objects, owner)),
  ];
  return [...objectLine(cluster), ...held.map((line) => `  ${line}`)];
};
