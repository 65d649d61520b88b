import * as pulumi from "@pulumi/pulumi";
import createStack from "../../index";
import { labInputs } from "../../lib/settings/packageSchema";
import type { Settings } from "../../lib/settings/types";
import { readLab, type Stack } from "../../program/stack";
import { unknown } from "../plugin/values";
import { asPropertyError, type ReadInputs, readInputs } from "./inputs";
import { recordClusters } from "./record";
import { componentOptions } from "./waitFor";

/** Type token of the component. */
export const labType = "slipway:index:Lab";

/** What a remote component returns to the engine. */
export interface Constructed {
  readonly urn: pulumi.Output<string>;
  readonly state: pulumi.Inputs;
}

/** The whole stack as one component. Its children are those of index.ts, with the component as their parent. */
class Lab extends pulumi.ComponentResource {
  /** Creates the children, and returns the values of the component for its program. */
  async create(stack: Omit<Stack, "within">): Promise<pulumi.Inputs> {
    const outputs = await createStack({ ...stack, within: { parent: this } });
    const ranges = stack.settings.clusters.flatMap(({ name, loadBalancerRange: range }) =>
      range === undefined ? [] : [[name, range.text] as const],
    );
    // The range of the first cluster is among the ranges.
    const named = Object.entries(outputs).filter(([key]) => key !== "loadBalancerRange");
    const state = { ...Object.fromEntries(named), loadBalancerRanges: Object.fromEntries(ranges) } as pulumi.Inputs;
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
      `Lab ${name}: expected one Lab in a stack, got ${first} and ${name}. ` +
        `Move one of them to another stack, or list its clusters in ${first}.`,
    );
  }
  created.set(owner, name);
};

/**
 * Returns the settings with the inputs that the preview does not know. An image of the application that nodes pull only
 * appears in the Deployment.
 *
 * @throws InputPropertiesError if the machine has to load the image into a node image, whose name depends on it
 */
const withUnknown = (settings: Settings, { unknown: names }: ReadInputs): Settings => {
  if (!names.includes("applicationImage")) return settings;
  if (settings.imageSource === "registry")
    return { ...settings, application: { ...settings.application, image: unknown } };
  const reason =
    "expected a value that is known at preview with imageSource local, because the node image contains this image, got " +
    "an output of a resource that does not exist yet. Set a known value, or set imageSource to registry.";
  throw new pulumi.InputPropertiesError({
    message: "1 input is not known at preview.",
    errors: [{ propertyPath: "applicationImage", reason }],
  });
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
): Promise<Constructed> => {
  refuseSecond(name, `${pulumi.getProject()}/${pulumi.getStack()}`);
  const read = await readInputs(inputs, ["applicationImage"]);
  const { stack, transformations } = await readLab(read.values).catch((error: unknown) => {
    throw asPropertyError(error, Object.keys({ ...labInputs().properties, ...inputs }));
  });
  const settings = withUnknown(stack.settings, read);
  if (!pulumi.runtime.isDryRun()) recordClusters(settings);
  const lab = new Lab(labType, name, inputs, await componentOptions(options, inputs, transformations));
  return { urn: lab.urn, state: await lab.create({ ...stack, settings }) };
};
