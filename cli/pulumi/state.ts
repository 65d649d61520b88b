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

/** A resource as Pulumi's state has it; of its many fields those that are looked at. */
export interface StateResource extends RecordedResource {
  outputs?: Record<string, unknown>;
}

/** What `pulumi stack export` prints, its other fields kept as they are. */
export interface ExportedState {
  deployment: {
    resources?: StateResource[];
    pending_operations?: { type: string; resource: StateResource }[];
  };
}

/** The clusters that a state has. */
export interface StateClusters {
  /** The stack's own kind cluster; absent where the management cluster is someone else's, or there is none. */
  management?: { name: string; nodeId?: string };
  /** Names of Cluster API's clusters. */
  workload: string[];
  /** Those of them of which a step that the destroy runs, before the network goes, waits until no container is there. */
  withDeleteStep: string[];
  /** Whether the machines of all of them are containers of this Docker, or simulated in the management cluster. */
  onDocker: boolean;
}

interface ClusterInputs {
  metadata?: { name?: string };
  spec?: { infrastructureRef?: { kind?: string } };
}

/** Reads the clusters from a state, those that a killed run was making included. */
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
    withDeleteStep: steps.flatMap(({ inputs }) => (inputs?.environment as { CLUSTER?: string } | undefined)?.CLUSTER ?? []),
    onDocker: clusters.every(({ spec }) => spec?.infrastructureRef?.kind === "DevCluster"),
  };
};

/** A state without operations under way, and what those were, in words. */
export interface RepairedState {
  state: ExportedState;
  pending: string[];
}

/** What becomes of a state that a killed run left. */
export type StateRepair = (state: ExportedState) => RepairedState;

/**
 * The state without what was under way when a run was killed, for an `up`: all of Slipway's steps are safe to repeat, and
 * Kubernetes objects are applied: what exists already is taken over.
 */
export const withoutPending: StateRepair = (state) => {
  const { pending_operations: operations = [], ...deployment } = state.deployment;
  return {
    state: { ...state, deployment },
    pending: operations.map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`),
  };
};

/** The id that a resource gets when it is made, where its inputs tell it; Docker hands out its own. */
const foreseenId = ({ type, inputs }: StateResource): string | undefined => {
  if (type.startsWith("kubernetes:")) {
    const { name, namespace } = (inputs?.metadata ?? {}) as { name?: string; namespace?: string };
    return name && [namespace, name].filter(Boolean).join("/");
  }
  if (type.startsWith("kind:")) return inputs?.name as string | undefined;
  return type.startsWith("command:") ? "interrupted" : undefined;
};

/**
 * The state with what was being made when a run was killed counted as made, for a `destroy`: it may be there or half be
 * there, and deleting what is not there is no error.
 */
export const pendingAsCreated: StateRepair = (state) => {
  const mended = withoutPending(state);
  const { resources = [] } = state.deployment;
  const made = (state.deployment.pending_operations ?? []).flatMap(({ type, resource }) => {
    const id = type === "creating" ? foreseenId(resource) : undefined;
    const known = resources.some(({ urn }) => urn === resource.urn);
    return id === undefined || known ? [] : [{ ...resource, id, outputs: resource.inputs ?? {} }];
  });
  return {
    ...mended,
    state: { ...mended.state, deployment: { ...mended.state.deployment, resources: [...resources, ...made] } },
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

/** The stack's outputs in a state that was exported with `showSecrets`. */
export const outputsIn = ({ deployment }: ExportedState): Outputs =>
  withoutMarks(deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {}) as Outputs;

/**
 * The stack's whole state; undefined where there is none.
 *
 * @param options.showSecrets whether secret values are in clear; default: they are encrypted
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

/** Puts a state in the place of the stack's. */
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
