import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "./pulumi";
import { run } from "./run";
import { openRun } from "./runRecord";
import { keepingClean, stackFile } from "./stack";

/** A resource as Pulumi's state has it; of its many fields those that are looked at. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  deletedWith?: string;
}

/** What `pulumi stack export` prints, its other fields kept as they are. */
export interface ExportedState {
  deployment: {
    resources?: StateResource[];
    pending_operations?: { type: string; resource: StateResource }[];
  };
}

/** A resource's name: the last part of its URN. */
export const nameOf = ({ urn }: StateResource): string => urn.split("::").at(-1) ?? urn;

/** The names of the clusters that a state has: the kind cluster, and Cluster API's. */
export const clustersIn = ({ deployment }: ExportedState): { management?: string; workload: string[] } => {
  const resources = [
    ...(deployment.resources ?? []),
    // What a killed run was making may be there as well.
    ...(deployment.pending_operations ?? []).map(({ resource }) => resource),
  ];
  const kind = resources.find(({ inputs }) => inputs?.create === "steps/kind-create");
  const management = (kind?.inputs?.environment as { CLUSTER?: string } | undefined)?.CLUSTER;
  const workload = resources
    .filter(({ type }) => /^kubernetes:cluster\.x-k8s\.io\/\w+:Cluster$/.test(type))
    .flatMap(({ inputs }) => (inputs?.metadata as { name?: string } | undefined)?.name ?? []);
  return { ...(management === undefined ? {} : { management }), workload: [...new Set(workload)] };
};

/**
 * The state without what was under way when a run was killed, and those operations in words. All of Slipway's steps are
 * safe to repeat, and Kubernetes objects are applied: what exists already is taken over by the next `up`.
 */
export const withoutPending = (state: ExportedState): { state: ExportedState; dropped: string[] } => {
  const { pending_operations: pending = [], ...deployment } = state.deployment;
  return {
    state: { ...state, deployment },
    dropped: pending.map(({ type, resource }) => `${type} ${nameOf(resource)}`),
  };
};

/** The stack's whole state, secrets encrypted; undefined where there is none. */
export const exportState = async ({ checkout, stack, variables }: Target): Promise<ExportedState | undefined> => {
  const args = ["stack", "export", "--non-interactive", "--stack", stack];
  const text = await keepingClean(stackFile(checkout, stack), () =>
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
    await keepingClean(stackFile(checkout, stack), () => run("pulumi", args, { cwd: checkout, env: variables }));
  } finally {
    opened.close(true);
  }
};
