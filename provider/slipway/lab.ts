import * as pulumi from "@pulumi/pulumi";
import createStack = require("../../index");
import { readLab, type Stack } from "../../program/stack";
import { asPropertyError, settingValues } from "./inputs";
import { labInputs } from "../../lib/settings/packageSchema";

/** Type token of the component. */
export const labType = "slipway:index:Lab";

/** The whole stack as one component. Its children are those of index.ts, with the component as their parent. */
class Lab extends pulumi.ComponentResource {
  /** Values of the component for its program. */
  readonly outputs: Promise<pulumi.Inputs>;

  constructor(
    name: string,
    inputs: pulumi.Inputs,
    { stack, opts }: { stack: Omit<Stack, "within">; opts: pulumi.ComponentResourceOptions },
  ) {
    super(labType, name, inputs, opts);
    this.outputs = this.create(stack);
  }

  private async create(stack: Omit<Stack, "within">): Promise<pulumi.Inputs> {
    const outputs = await createStack({ ...stack, within: { parent: this } });
    const ranges = stack.settings.clusters.flatMap(({ name, loadBalancerRange: range }) =>
      range === undefined ? [] : [[name, range.text] as const],
    );
    const { loadBalancerRange, ...shown } = outputs;
    const state = { ...shown, loadBalancerRanges: Object.fromEntries(ranges) } as pulumi.Inputs;
    this.registerOutputs(state);
    return state;
  }
}

/** Names of the Labs that this process created, by stack. */
const created = new Map<string, string>();

const refuseSecond = (name: string, owner: string): void => {
  const first = created.get(owner);
  if (first !== undefined && first !== name) {
    throw new Error(
      `Lab ${name}: expected one Lab in a stack, got ${first} and ${name}. Move one of them to another stack, or list its clusters in ${first}.`,
    );
  }
  created.set(owner, name);
};

/**
 * Creates a component Lab for a program in any language.
 *
 * @throws InputPropertiesError with all invalid inputs, before any resource exists
 */
export const constructLab = async (
  name: string,
  inputs: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
): Promise<{ urn: pulumi.Output<string>; state: pulumi.Inputs }> => {
  refuseSecond(name, `${pulumi.getProject()}/${pulumi.getStack()}`);
  const values = await settingValues(inputs);
  const names = Object.keys(labInputs().properties);
  const { stack, transformations } = await readLab(values).catch((error: unknown) => {
    throw asPropertyError(error, names);
  });
  const opts = { ...options, transformations: [...(options.transformations ?? []), ...transformations] };
  const lab = new Lab(name, inputs, { stack, opts });
  return { urn: lab.urn, state: await lab.outputs };
};
