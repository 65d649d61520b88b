import * as pulumi from "@pulumi/pulumi";

/** An output with the resources that its value comes from. Pulumi's declarations do not have the method. */
interface TracedOutput {
  allResources: () => Promise<Set<pulumi.Resource>>;
}

/** Returns the resources of a program that a component's inputs come from. */
const resourcesOf = async (inputs: pulumi.Inputs): Promise<pulumi.Resource[]> => {
  const output: unknown = pulumi.output(inputs);
  return [...(await (output as TracedOutput).allResources())];
};

/**
 * Returns the transformation that makes all children of a component wait for resources of the program: those of the
 * option dependsOn, and those that the inputs come from. So destroy deletes the children first.
 */
const waitForProgram = async (
  { dependsOn = [] }: pulumi.ComponentResourceOptions,
  inputs: pulumi.Inputs,
): Promise<pulumi.ResourceTransformation> => {
  const after = pulumi.mergeOptions({ dependsOn }, { dependsOn: await resourcesOf(inputs) });
  return ({ props, opts }) => ({ props, opts: pulumi.mergeOptions(opts, after) });
};

/** Returns the options of a component: those of the program, with transformations of all its children. */
export const componentOptions = async (
  options: pulumi.ComponentResourceOptions,
  inputs: pulumi.Inputs,
  transformations: readonly pulumi.ResourceTransformation[],
): Promise<pulumi.ComponentResourceOptions> => ({
  ...options,
  transformations: [...(options.transformations ?? []), ...transformations, await waitForProgram(options, inputs)],
});
