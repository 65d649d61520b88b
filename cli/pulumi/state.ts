import { secretSignature, signatureKey } from "../../lib/base/pulumiMarks";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { nameOf } from "../../lib/base/urn";
import { isClusterType, type RecordedResource } from "../../lib/plan/deletedObjects";
import { stackFile } from "../../preflight/stackFile";
import { run } from "../../system/exec";
import { openRun } from "../recovery/runRecord";
import type { Outputs, Target } from "./run";
import { keepSettingsClean } from "./stack";
import { withoutUnknown } from "./unknownOutputs";

/** A resource in Pulumi's state, with the fields that Slipway reads. */
export interface StateResource extends RecordedResource {
  outputs?: Record<string, unknown>;
}

/** Output of `pulumi stack export`. Other fields are kept unchanged. */
export interface ExportedState {
  deployment: {
    resources?: StateResource[];
    pending_operations?: { type: string; resource: StateResource }[];
  };
}

/** The clusters in a state. */
export interface StateClusters {
  /** The stack's kind cluster; absent if the stack uses another management cluster, or has none. */
  management?: { name: string; nodeId?: string };
  /** Names of the workload clusters. */
  workload: string[];
  /** Workload clusters with a `containers-delete` step, which Pulumi runs before it deletes the network. */
  withDeleteStep: string[];
  /** True if all machines are containers of this Docker, or simulated in the management cluster. */
  onDocker: boolean;
}

interface ClusterInputs {
  metadata?: { name?: string };
  spec?: { infrastructureRef?: { kind?: string } };
}

/** Kinds of infrastructure clusters whose machines are containers, or are simulated. */
const dockerKinds: readonly string[] = ["DevCluster", "DockerCluster"];

/** Returns the clusters in a state, including those that a killed run was creating. */
export const clustersIn = ({ deployment }: ExportedState): StateClusters => {
  const pending = (deployment.pending_operations ?? []).map(({ resource }) => resource);
  const resources = [...(deployment.resources ?? []), ...pending];
  const kind = resources.find(({ type }) => type === "kind:index:KindCluster");
  const name = kind?.inputs?.name as string | undefined;
  const nodeId = kind?.outputs?.nodeId as string | undefined;
  const clusters = resources
    .filter(({ type }) => isClusterType(type))
    .map(({ inputs }) => (inputs ?? {}) as ClusterInputs);
  const steps = resources.filter(({ inputs }) => inputs?.delete === "steps/containers-delete");
  return {
    ...(name === undefined ? {} : { management: { name, ...(nodeId ? { nodeId } : {}) } }),
    workload: [...new Set(clusters.flatMap(({ metadata }) => metadata?.name ?? []))],
    withDeleteStep: steps.flatMap(
      ({ inputs }) => (inputs?.environment as { CLUSTER?: string } | undefined)?.CLUSTER ?? [],
    ),
    onDocker: clusters.every(({ spec }) => dockerKinds.includes(spec?.infrastructureRef?.kind ?? "")),
  };
};

/** A state without pending operations, and one text for each removed operation. */
export interface RepairedState {
  state: ExportedState;
  pending: string[];
}

/** Repairs the state of a killed run. */
export type StateRepair = (state: ExportedState) => RepairedState;

/**
 * Removes the pending operations from a state, before an `up`. All of Slipway's steps are safe to repeat, and existing
 * Kubernetes objects are taken over.
 */
export const withoutPending: StateRepair = (state) => {
  const { pending_operations: operations = [], ...deployment } = state.deployment;
  return {
    state: { ...state, deployment },
    pending: operations.map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`),
  };
};

/** Returns the id that a resource will get, if it follows from the inputs. Docker assigns the ids of its objects. */
const predictId = ({ type, inputs }: StateResource): string | undefined => {
  if (type.startsWith("kubernetes:")) {
    const { name, namespace } = (inputs?.metadata ?? {}) as { name?: string; namespace?: string };
    return name && [namespace, name].filter(Boolean).join("/");
  }
  if (type.startsWith("kind:")) return inputs?.name as string | undefined;
  return type.startsWith("command:") ? "interrupted" : undefined;
};

/**
 * Adds the pending creations to the state as resources, before a `destroy`. Such resources may exist completely, in part
 * or not at all. The deletion of a missing resource is not an error.
 */
export const pendingAsCreated: StateRepair = (state) => {
  const repaired = withoutPending(state);
  const { resources = [] } = state.deployment;
  const created = (state.deployment.pending_operations ?? []).flatMap(({ type, resource }) => {
    const id = type === "creating" ? predictId(resource) : undefined;
    const known = resources.some(({ urn }) => urn === resource.urn);
    return id === undefined || known ? [] : [{ ...resource, id, outputs: resource.inputs ?? {} }];
  });
  return {
    ...repaired,
    state: { ...repaired.state, deployment: { ...repaired.state.deployment, resources: [...resources, ...created] } },
  };
};

const withoutMarks = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (typeof value !== "object" || value === null) return value;
  const map = value as Record<string, unknown>;
  if (map[signatureKey] === secretSignature && typeof map.plaintext === "string")
    return JSON.parse(map.plaintext) as unknown;
  return Object.fromEntries(Object.entries(map).map(([key, inner]) => [key, withoutMarks(inner)]));
};

/** Returns the stack's outputs from a state that was exported with `showSecrets`. */
export const outputsIn = ({ deployment }: ExportedState): Outputs =>
  withoutMarks(deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {}) as Outputs;

/** Returns the stack's outputs in a state, without the outputs that a failed run did not compute. */
export const knownOutputsIn = (state: ExportedState): Outputs => withoutUnknown(outputsIn(state)) as Outputs;

/**
 * Exports the stack's state; returns undefined if the stack does not exist or Pulumi fails.
 *
 * @param options.showSecrets if true, secret values are in plain text; default: they are encrypted
 */
export const exportState = async (
  { checkout, stack, variables }: Target,
  { showSecrets = false } = {},
): Promise<ExportedState | undefined> => {
  const args = ["stack", "export", "--non-interactive", "--stack", stack, ...(showSecrets ? ["--show-secrets"] : [])];
  const text = await keepSettingsClean(stackFile(checkout, stack), () =>
    run("pulumi", args, { cwd: checkout, env: variables }).catch(() => undefined),
  );
  return text === undefined ? undefined : (JSON.parse(text) as ExportedState);
};

/** Replaces the stack's state. */
export const importState = async ({ checkout, stack, variables }: Target, state: ExportedState): Promise<void> => {
  const opened = openRun(checkout, stack);
  const file = join(opened.folder, "state.json");
  writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  const args = ["stack", "import", "--file", file, "--non-interactive", "--stack", stack];
  try {
    await keepSettingsClean(stackFile(checkout, stack), () => run("pulumi", args, { cwd: checkout, env: variables }));
  } finally {
    opened.close(true);
  }
};
