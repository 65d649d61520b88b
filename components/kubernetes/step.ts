import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** The commands of a step's lifecycle, as `local.Command` takes them: paths of scripts without any settings. */
export interface StepCommands {
  create: string;
  update: string;
  delete?: string;
}

/**
 * Returns the commands of a step by the names of its scripts in steps/. Settings reach the scripts only through the
 * environment and standard input, so no value is ever read as shell.
 */
export const step = (create: string, options: { update?: string; delete?: string } = {}): StepCommands => ({
  create: `steps/${create}`,
  // A Command without `update` runs `create` again. Name the script explicitly: every step is safe to repeat.
  update: `steps/${options.update ?? create}`,
  ...(options.delete ? { delete: `steps/${options.delete}` } : {}),
});

/** Arguments of a step: its commands, and the values that the commands read. */
export interface StepArgs extends Partial<StepCommands> {
  environment?: Record<string, pulumi.Input<string>>;
  stdin?: pulumi.Input<string>;
  /** A change of a value replaces the step. */
  triggers?: pulumi.Input<unknown>[];
  /** Streams in the engine's log; default: both. */
  logging?: "none";
  /** Whether the next run gets the output of the last run; default: true. */
  addPreviousOutputInEnv?: false;
}

/** The resource of a step, with the standard output of its last run. */
export type StepResource = pulumi.CustomResource & { readonly stdout: pulumi.Output<string> };

/** Resource type of a step in a program outside of the checkout. */
export const packagedStepType = "slipway:index:Step";

/** A step that the plugin slipway runs. The plugin finds the scripts in its own package. */
class PackagedStep extends pulumi.CustomResource {
  declare public readonly stdout: pulumi.Output<string>;

  constructor(name: string, args: StepArgs, opts: pulumi.CustomResourceOptions) {
    super(packagedStepType, name, { ...args, stdout: undefined, stderr: undefined }, opts);
  }
}

let isPackaged = false;

/** Makes this process create steps as resources of the plugin slipway, which calls this function at its start. */
export const usePackagedSteps = (): void => void (isPackaged = true);

/**
 * Creates the resource of a step. In the checkout, Pulumi's command plugin runs the scripts in the program's folder.
 * Outside of the checkout that folder has no scripts: docs/decisions/0019-steps-of-the-package.md.
 */
export const createStep = (name: string, args: StepArgs, opts: pulumi.CustomResourceOptions): StepResource =>
  isPackaged ? new PackagedStep(name, args, opts) : new local.Command(name, args, opts);
